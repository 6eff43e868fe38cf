package io.tracery.cli.trace;

import com.fasterxml.jackson.databind.JsonNode;
import io.tracery.cli.text.Printable;
import io.tracery.cli.text.Screen;
import io.tracery.cli.text.Table;
import io.tracery.cli.text.Table.Cell;
import java.util.ArrayList;
import java.util.List;

/** Two traces laid over each other, call by call, as trace search compares them. */
final class TraceComparison {

    private static final int DEEPEST = 24;

    private TraceComparison() {}

    /** @param comparison of {@code /api/traces/compare} */
    static List<String> of(JsonNode comparison, Screen on) {
        List<String> lines = new ArrayList<>();
        lines.add(side("A", comparison.path("a")));
        lines.add(side("B", comparison.path("b")));
        lines.add("");
        Table table = new Table(
                Table.text("CALL"),
                Table.figure("A"),
                Table.figure("B"),
                Table.figure("B − A"),
                Table.spareFigure("CRITICAL A"),
                Table.spareFigure("CRITICAL B"),
                Table.word("AND"));
        for (JsonNode node : comparison.path("nodes")) {
            JsonNode a = node.path("a");
            JsonNode b = node.path("b");
            table.row(
                    Cell.of("  ".repeat(Math.min(node.path("depth").asInt(), DEEPEST)) + call(node)),
                    Cell.of(micros(a, "duration")),
                    Cell.of(micros(b, "duration")),
                    Cell.of(a.isObject() && b.isObject() ? longer(a, b) : ""),
                    Cell.of(micros(a, "criticalTime")),
                    Cell.of(micros(b, "criticalTime")),
                    Cell.of(words(node.path("change").asText(), a, b)));
        }
        lines.addAll(table.lines(on));
        return lines;
    }

    private static String side(String name, JsonNode side) {
        long errors = side.path("errors").asLong();
        return Printable.of(name + "  " + side.path("traceId").asText() + "  " + micros(side, "duration") + "  "
                + side.path("spans").asLong() + " spans" + (errors == 0 ? "" : ", " + errors + " failed"));
    }

    private static String call(JsonNode node) {
        return node.path("service").asText()
                + (node.path("kind").asText().equals("client") ? " → " : "  ")
                + node.path("operation").asText();
    }

    private static String micros(JsonNode side, String field) {
        return side.isObject() ? Figures.duration(side.path(field).asDouble()) : "–";
    }

    private static String longer(JsonNode a, JsonNode b) {
        double apart = b.path("duration").asDouble() - a.path("duration").asDouble();
        return Math.abs(apart) < 1 ? "–" : (apart > 0 ? "+" : "−") + Figures.duration(Math.abs(apart));
    }

    /** What is the matter with a call; empty where it is as it was. */
    private static String words(String change, JsonNode a, JsonNode b) {
        if (change.equals("came") || change.equals("left")) {
            return change.equals("came") ? "only in B" : "only in A";
        }
        List<String> words = new ArrayList<>();
        differs(words, a, b, "spans", "times");
        differs(words, a, b, "errors", "failed");
        return String.join(", ", words);
    }

    private static void differs(List<String> words, JsonNode a, JsonNode b, String field, String word) {
        long before = a.path(field).asLong();
        long after = b.path(field).asLong();
        if (before != after) {
            words.add(before + " → " + after + " " + word);
        }
    }
}
