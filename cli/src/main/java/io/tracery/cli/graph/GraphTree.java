package io.tracery.cli.graph;

import com.fasterxml.jackson.databind.JsonNode;
import io.tracery.cli.text.Figures;
import io.tracery.cli.text.Table;
import io.tracery.cli.text.Table.Cell;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A graph as a tree: below each node whom it calls, the busiest first. What stands above already is not said twice. */
final class GraphTree {

    private final Map<String, List<JsonNode>> calls = new LinkedHashMap<>();
    private final Set<String> opened = new HashSet<>();
    private final Table table = new Table(
            Table.text("WHO CALLS WHOM"),
            Table.word("BY"),
            Table.figure("RATE"),
            Table.figure("SUCCESS"),
            Table.spareFigure("P50"),
            Table.figure("P99"),
            Table.word("TLS"),
            Table.spareFigure("RETRIES"),
            Table.spareFigure("LOSS"),
            Table.spareWord("VERSIONS"),
            Table.word(""));

    private GraphTree() {}

    static Table of(JsonNode graph) {
        GraphTree tree = new GraphTree();
        Set<String> called = new HashSet<>();
        Set<String> all = new LinkedHashSet<>();
        for (JsonNode edge : graph.path("edges")) {
            String source = edge.path("source").asText();
            String target = edge.path("target").asText();
            tree.calls.computeIfAbsent(source, any -> new ArrayList<>()).add(edge);
            all.add(source);
            if (!source.equals(target)) {
                called.add(target);
            }
        }
        Comparator<JsonNode> byRate =
                Comparator.comparingDouble(edge -> -edge.path("requestRate").asDouble(0));
        tree.calls
                .values()
                .forEach(edges ->
                        edges.sort(byRate.thenComparing(edge -> edge.path("id").asText())));
        // Those whom nobody calls, then what only circles reach.
        all.stream().filter(node -> !called.contains(node)).sorted().forEach(tree::root);
        all.stream().sorted().filter(node -> !tree.opened.contains(node)).forEach(tree::root);
        return tree.table;
    }

    private void root(String node) {
        // A circle may have opened it meanwhile.
        if (!opened.contains(node)) {
            Cell none = Cell.of("");
            table.row(Cell.of(node), none, none, none, none, none, none, none, none, none, none);
            below(node, "");
        }
    }

    private void below(String node, String trunk) {
        opened.add(node);
        List<JsonNode> edges = calls.getOrDefault(node, List.of());
        for (int i = 0; i < edges.size(); i++) {
            boolean last = i == edges.size() - 1;
            JsonNode edge = edges.get(i);
            String target = edge.path("target").asText();
            boolean again = opened.contains(target) && calls.containsKey(target);
            row(edge, trunk + (last ? "└─ " : "├─ ") + target + (again ? " ↑" : ""));
            if (!opened.contains(target)) {
                below(target, trunk + (last ? "   " : "│  "));
            }
        }
    }

    private void row(JsonNode edge, String name) {
        List<String> versions = new ArrayList<>();
        edge.path("versions").forEach(version -> {
            String called = version.path("version").asText();
            if (!called.isEmpty()) {
                versions.add(
                        edge.path("versions").size() == 1
                                ? called
                                : called + " " + Figures.rate(version.path("requestRate")));
            }
        });
        table.row(
                Cell.of(name),
                Cell.of(edge.path("protocol").asText()),
                Tables.rate(edge),
                Tables.success(edge),
                Tables.latency(edge, "p50"),
                Tables.latency(edge, "p99"),
                Tables.tls(edge),
                Tables.count(edge.path("retries")),
                Tables.loss(edge),
                Cell.of(String.join(" ", versions)),
                Tables.stale(edge));
    }
}
