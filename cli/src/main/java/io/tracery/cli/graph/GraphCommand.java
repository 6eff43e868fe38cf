package io.tracery.cli.graph;

import com.fasterxml.jackson.databind.JsonNode;
import io.tracery.cli.text.Screen;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code tracery graph}: who calls whom, as a tree. */
@Command(
        name = "graph",
        description = "Shows who calls whom, with rate, success and latency of each call: now, or as it was.",
        subcommands = DiffCommand.class,
        mixinStandardHelpOptions = true)
public final class GraphCommand extends EdgesQuestion {

    @Override
    List<String> text(JsonNode graph, Screen on) {
        List<String> lines = new ArrayList<>();
        lines.add(counted(graph.path("nodes").size(), "node") + ", "
                + counted(graph.path("edges").size(), "edge") + "; " + Times.of(graph));
        if (!graph.path("edges").isEmpty()) {
            lines.add("");
            lines.addAll(GraphTree.of(graph).lines(on));
        }
        return lines;
    }

    static String counted(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }
}
