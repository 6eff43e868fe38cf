package io.tracery.cli.graph;

import com.fasterxml.jackson.databind.JsonNode;
import io.tracery.cli.text.Figures;
import io.tracery.cli.text.Screen;
import io.tracery.cli.text.Table;
import io.tracery.cli.text.Table.Cell;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code tracery edges}: the graph's edges, one a line, with all that is counted. */
@Command(
        name = "edges",
        description = "Lists the graph's edges: what the sender counted, what the receiver did, and the difference.",
        mixinStandardHelpOptions = true)
public final class EdgesCommand extends EdgesQuestion {

    @Override
    List<String> text(JsonNode graph, Screen on) {
        Table table = new Table(
                Table.text("FROM"),
                Table.text("TO"),
                Table.word("BY"),
                Table.figure("RATE"),
                Table.figure("SUCCESS"),
                Table.spareFigure("P50"),
                Table.spareFigure("P90"),
                Table.figure("P99"),
                Table.word("TLS"),
                Table.spareFigure("REQUESTS"),
                Table.spareFigure("RECEIVED"),
                Table.spareFigure("LOSS"),
                Table.spareFigure("RETRIES"),
                Table.spareFigure("OPEN"),
                Table.spareFigure("BYTES IN"),
                Table.spareFigure("BYTES OUT"),
                Table.word(""));
        for (JsonNode edge : graph.path("edges")) {
            table.row(
                    Cell.of(edge.path("source").asText()),
                    Cell.of(edge.path("target").asText()),
                    Cell.of(edge.path("protocol").asText()),
                    Tables.rate(edge),
                    Tables.success(edge),
                    Tables.latency(edge, "p50"),
                    Tables.latency(edge, "p90"),
                    Tables.latency(edge, "p99"),
                    Tables.tls(edge),
                    Tables.count(edge.path("requests")),
                    Tables.count(edge.path("received")),
                    Tables.loss(edge),
                    Tables.count(edge.path("retries")),
                    Tables.count(edge.path("inFlight")),
                    Cell.of(Figures.bytes(edge.path("bytesReceived"))),
                    Cell.of(Figures.bytes(edge.path("bytesSent"))),
                    Tables.stale(edge));
        }
        List<String> lines = new ArrayList<>();
        lines.add(GraphCommand.counted(graph.path("edges").size(), "edge") + "; " + Times.of(graph)
                + (graph.path("live").asBoolean() ? "; counts since the edge was first seen" : ""));
        if (!table.isEmpty()) {
            lines.add("");
            lines.addAll(table.lines(on));
        }
        return lines;
    }
}
