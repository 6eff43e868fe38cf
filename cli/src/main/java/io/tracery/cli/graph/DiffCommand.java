package io.tracery.cli.graph;

import com.fasterxml.jackson.databind.JsonNode;
import io.tracery.cli.text.Figures;
import io.tracery.cli.text.Ink;
import io.tracery.cli.text.Screen;
import io.tracery.cli.text.Table;
import io.tracery.cli.text.Table.Cell;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tracery graph diff A B}: what changed between two moments, or differs between two versions. */
@Command(
        name = "diff",
        description = {
            "Shows what changed in the graph between two moments,",
            "or with --node differs between two versions of one workload."
        },
        mixinStandardHelpOptions = true)
final class DiffCommand extends ReadCommand {

    @Parameters(
            index = "0",
            paramLabel = "A",
            description = "A moment: 2026-01-31T13:00:00Z, Unix milliseconds, or 15m for fifteen minutes ago.")
    private String a = "";

    @Parameters(index = "1", paramLabel = "B", defaultValue = "now", description = "The other; default: now.")
    private String b = "";

    @Option(
            names = "--window",
            paramLabel = "TIME",
            defaultValue = "",
            description = "How long before each moment counts, 10s to 1h; default: 5m.")
    private String window = "";

    @Option(
            names = "--node",
            paramLabel = "SERVICE",
            defaultValue = "",
            description = "Compare versions A and B of this one, for example shop/reco, instead of moments.")
    private String node = "";

    @Option(names = "--all", defaultValue = "false", description = "What did not change, too.")
    private boolean all;

    @Override
    JsonNode ask(Api api) throws Api.Refused {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("node", node.isEmpty() ? "" : Services.id(api, node));
        parameters.put("a", node.isEmpty() ? Times.time(a) : a);
        parameters.put("b", node.isEmpty() ? Times.time(b) : b);
        parameters.put("window", window);
        return api.get("/api/graph/diff", parameters);
    }

    @Override
    List<String> text(JsonNode diff, Screen on) {
        List<String> lines = new ArrayList<>();
        lines.add(
                node.isEmpty()
                        ? "A: " + interval(diff.path("a")) + "   B: " + interval(diff.path("b"))
                        : node + ": A is " + a + ", B is " + b + ", " + interval(diff.path("a")));
        if (!diff.path("nodes").isEmpty()) {
            lines.add("");
        }
        diff.path("nodes")
                .forEach(one -> lines.add(
                        one.path("id").asText() + " " + one.path("change").asText()));
        Table table = new Table(
                Table.text("EDGE"),
                Table.word("CHANGE"),
                Table.figure("RATE"),
                Table.figure("SUCCESS"),
                Table.spareFigure("P50"),
                Table.figure("P99"),
                Table.spareWord("AND"));
        int same = 0;
        for (JsonNode edge : diff.path("edges")) {
            if (edge.path("change").asText().equals("same") && !all) {
                same++;
            } else {
                row(table, edge);
            }
        }
        lines.add("");
        if (table.isEmpty()) {
            lines.add("No edge changed more than chance explains.");
        } else {
            lines.addAll(table.lines(on));
        }
        if (same > 0) {
            lines.add("");
            lines.add(GraphCommand.counted(same, "edge") + " did not change; --all shows them");
        }
        lines.addAll(Tables.events(diff.path("events"), on));
        return lines;
    }

    private static String interval(JsonNode of) {
        return Figures.day(of.path("from").asLong()) + " to "
                + Figures.clock(of.path("to").asLong()) + " UTC";
    }

    private static void row(Table table, JsonNode edge) {
        List<String> rest = new ArrayList<>();
        for (JsonNode what : edge.path("differs")) {
            String name = what.asText();
            switch (name) {
                case "rate", "errors", "p50", "p99" -> {}
                case "tls", "versions" ->
                    rest.add(name + " "
                            + arrow(
                                    word(edge.path("a").path(name)),
                                    word(edge.path("b").path(name))));
                default -> rest.add(name);
            }
        }
        table.row(
                Cell.of(edge.path("source").asText() + " → "
                        + edge.path("target").asText() + " "
                        + edge.path("protocol").asText()),
                Cell.of(edge.path("change").asText()),
                Cell.of(both(edge, "requestRate", Figures::rate)),
                new Cell(
                        both(edge, "successShare", Figures::share),
                        Ink.of(edge.path("b").path("successShare"))),
                Cell.of(both(edge, "p50", Figures::latency)),
                Cell.of(both(edge, "p99", Figures::latency)),
                Cell.of(String.join(", ", rest)));
    }

    private static String word(JsonNode of) {
        return of.isArray() ? Tables.joined(of) : of.asText(Figures.NONE);
    }

    /** Before and after; once where both look the same, or there is only one. */
    private static String both(JsonNode edge, String field, Function<JsonNode, String> figure) {
        JsonNode before = edge.path("a");
        JsonNode after = edge.path("b");
        if (!before.isObject() || !after.isObject()) {
            return figure.apply((before.isObject() ? before : after).path(field));
        }
        return arrow(figure.apply(before.path(field)), figure.apply(after.path(field)));
    }

    private static String arrow(String before, String after) {
        return before.equals(after) ? after : before + " → " + after;
    }
}
