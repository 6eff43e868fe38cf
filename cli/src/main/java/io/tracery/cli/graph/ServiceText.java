package io.tracery.cli.graph;

import com.fasterxml.jackson.databind.JsonNode;
import io.tracery.cli.text.Figures;
import io.tracery.cli.text.Screen;
import io.tracery.cli.text.Table;
import io.tracery.cli.text.Table.Cell;
import java.util.ArrayList;
import java.util.List;

/** One service in detail. */
final class ServiceText {

    private final Screen screen;
    private final List<String> lines = new ArrayList<>();

    private ServiceText(Screen screen) {
        this.screen = screen;
    }

    static List<String> of(JsonNode answer, Screen screen) {
        ServiceText text = new ServiceText(screen);
        JsonNode service = answer.path("service");
        text.lines.add(service.path("id").asText() + ", " + service.path("kind").asText() + about(service));
        text.lines.add(Times.of(answer));
        text.lines.add("");
        text.lines.addAll(Tables.services(List.of(service)).lines(screen));
        text.part("routes", "ROUTE", answer.path("routes"), "route");
        text.part("versions", "VERSION", answer.path("versions"), "version");
        text.neighbours("CALLED BY", answer.path("senders"), "receiver", "sender");
        text.neighbours("CALLS", answer.path("receivers"), "sender", "receiver");
        text.fates(service.path("fates"));
        text.lines.addAll(UndeclaredText.of(answer.path("undeclared"), screen));
        text.lines.addAll(Tables.events(answer.path("events"), screen));
        return text.lines;
    }

    private static String about(JsonNode service) {
        StringBuilder about = new StringBuilder();
        if (service.path("instances").asInt() > 0) {
            about.append(", ")
                    .append(GraphCommand.counted(service.path("instances").asInt(), "instance"));
        }
        if (service.path("identity").isTextual()) {
            about.append(", ").append(service.path("identity").asText());
        }
        return about.append(service.path("stale").asBoolean() ? ", stale" : "").toString();
    }

    private void part(String what, String title, JsonNode rows, String name) {
        Table table = new Table(
                Table.text(title),
                Table.figure("RATE"),
                Table.figure("SUCCESS"),
                Table.figure("P50"),
                Table.spareFigure("P90"),
                Table.figure("P99"),
                Table.spareFigure("REQUESTS"),
                Table.spareFigure("RETRIES"));
        for (JsonNode row : rows) {
            String called = row.path(name).asText();
            table.row(
                    Cell.of(called.isEmpty() ? "(none)" : called),
                    Tables.rate(row),
                    Tables.success(row),
                    Tables.latency(row, "p50"),
                    Tables.latency(row, "p90"),
                    Tables.latency(row, "p99"),
                    Tables.count(row.path("requests")),
                    Tables.count(row.path("retries")));
        }
        add(table, "no " + what);
    }

    /** The nearer end's view where it speaks, else the other's. */
    private void neighbours(String title, JsonNode edges, String nearer, String other) {
        Table table = new Table(
                Table.text(title),
                Table.word("BY"),
                Table.figure("RATE"),
                Table.figure("SUCCESS"),
                Table.figure("P50"),
                Table.figure("P99"),
                Table.word("TLS"),
                Table.spareFigure("LOSS"),
                Table.spareFigure("OPEN"),
                Table.spareWord("IDENTITY"));
        for (JsonNode edge : edges) {
            JsonNode view = edge.path(nearer).isObject() ? edge.path(nearer) : edge.path(other);
            table.row(
                    Cell.of(edge.path("id").asText()),
                    Cell.of(edge.path("protocol").asText()),
                    Tables.rate(view),
                    Tables.success(view),
                    Tables.latency(view, "p50"),
                    Tables.latency(view, "p99"),
                    Tables.tls(edge),
                    Tables.loss(edge),
                    Tables.count(edge.path("inFlight")),
                    Cell.of(edge.path("identity").asText("")));
        }
        add(table, "");
    }

    private void add(Table table, String otherwise) {
        if (!table.isEmpty()) {
            lines.add("");
            lines.addAll(table.lines(screen));
        } else if (!otherwise.isEmpty()) {
            lines.add("");
            lines.add(otherwise);
        }
    }

    private void fates(JsonNode fates) {
        List<String> texts = new ArrayList<>();
        fates.properties()
                .forEach(fate -> texts.add(fate.getKey().replace('_', ' ') + " " + Figures.count(fate.getValue())));
        if (texts.size() > 1) {
            lines.add("");
            lines.add("how they ended: " + String.join(", ", texts));
        }
    }
}
