package io.tracery.cli.graph;

import com.fasterxml.jackson.databind.JsonNode;
import io.tracery.cli.text.Figures;
import io.tracery.cli.text.Ink;
import io.tracery.cli.text.Screen;
import io.tracery.cli.text.Table;
import io.tracery.cli.text.Table.Cell;
import java.util.ArrayList;
import java.util.List;

/** What several commands show in the same way. */
final class Tables {

    private static final int MOST_EVENTS = 10;

    private Tables() {}

    static Cell rate(JsonNode of) {
        return Cell.of(Figures.rate(of.path("requestRate")));
    }

    static Cell success(JsonNode of) {
        return new Cell(Figures.share(of.path("successShare")), Ink.of(of.path("successShare")));
    }

    static Cell latency(JsonNode of, String quantile) {
        return Cell.of(Figures.latency(of.path(quantile)));
    }

    static Cell count(JsonNode number) {
        return Cell.of(Figures.count(number));
    }

    /** Empty where nothing was lost. */
    static Cell loss(JsonNode of) {
        double share = of.path("loss").asDouble(0);
        return share > 0 ? new Cell(Figures.share(of.path("loss")), Ink.WARNING) : Cell.of("");
    }

    /** What is not mutual TLS stands out by its word. */
    static Cell tls(JsonNode of) {
        return Cell.of(
                switch (of.path("tls").asText("")) {
                    case "mtls" -> "mTLS";
                    case "mixed" -> "partly";
                    case "none" -> "none";
                    default -> Figures.NONE;
                });
    }

    static Cell stale(JsonNode of) {
        return Cell.of(of.path("stale").asBoolean() ? "stale" : "");
    }

    static String joined(JsonNode texts) {
        List<String> all = new ArrayList<>();
        texts.forEach(text -> all.add(text.asText()));
        return String.join(" ", all);
    }

    /** The last of the events, below a free line; each on one line, so what is too long is cut. */
    static List<String> events(JsonNode events, Screen on) {
        List<String> lines = new ArrayList<>();
        int first = Math.max(0, events.size() - MOST_EVENTS);
        for (int i = first; i < events.size(); i++) {
            JsonNode event = events.get(i);
            String line = Figures.day(event.path("t").asLong()) + "  "
                    + event.path("text").asText();
            lines.add(Table.shorten(line, on.columns()));
        }
        if (first > 0) {
            lines.addFirst(GraphCommand.counted(first, "earlier event") + ", see -o json");
        }
        if (!lines.isEmpty()) {
            lines.addFirst("");
        }
        return lines;
    }

    /** Services, one a row. */
    static Table services(Iterable<JsonNode> services) {
        Table table = new Table(
                Table.text("SERVICE"),
                Table.figure("RATE"),
                Table.figure("SUCCESS"),
                Table.figure("P50"),
                Table.spareFigure("P90"),
                Table.figure("P99"),
                Table.word("TLS"),
                Table.spareFigure("RETRIES"),
                Table.spareFigure("LOSS"),
                Table.spareFigure("OPEN"),
                Table.spareWord("VERSIONS"),
                Table.word(""));
        for (JsonNode service : services) {
            table.row(
                    Cell.of(service.path("id").asText()),
                    rate(service),
                    success(service),
                    latency(service, "p50"),
                    latency(service, "p90"),
                    latency(service, "p99"),
                    tls(service),
                    count(service.path("retries")),
                    loss(service),
                    count(service.path("inFlight")),
                    Cell.of(joined(service.path("versions"))),
                    stale(service));
        }
        return table;
    }
}
