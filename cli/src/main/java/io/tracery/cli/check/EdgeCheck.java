package io.tracery.cli.check;

import io.tracery.cli.check.CheckReport.Graph;
import io.tracery.cli.check.CheckReport.Mtls;
import io.tracery.cli.demo.DemoPlan;
import io.tracery.cli.demo.Sidecar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The edges that customers' requests must have made, held against those that the graph shows. */
final class EdgeCheck {

    private static final int TOLD = 5;

    private final DemoPlan plan;
    private final LoadCounts expected;
    private final List<String> problems;

    /** @param problems is added to */
    EdgeCheck(DemoPlan plan, LoadCounts expected, List<String> problems) {
        this.plan = plan;
        this.expected = expected;
        this.problems = problems;
    }

    /** @param seen what the graph has counted since before the load */
    Graph counts(Map<String, LoadCounts.Calls> seen) {
        List<String> differences = new ArrayList<>();
        TreeSet<String> all = new TreeSet<>(seen.keySet());
        all.addAll(expected.edges().keySet());
        LoadCounts.Calls none = new LoadCounts.Calls(0, 0);
        for (String edge : all) {
            LoadCounts.Calls shown = seen.getOrDefault(edge, none);
            LoadCounts.Calls right = expected.edges().getOrDefault(edge, none);
            if (!shown.equals(right)) {
                differences.add("%s shows %d requests and %d received, expected are %d and %d"
                        .formatted(edge, shown.requests(), shown.received(), right.requests(), right.received()));
            }
        }
        differences.stream().limit(TOLD).forEach(problems::add);
        return new Graph(List.copyOf(expected.edges().keySet()), List.copyOf(seen.keySet()), differences.isEmpty());
    }

    /** @param refusals what handshakes found wrong, each beginning with the workload's name */
    Mtls mtls(GraphView graph, List<String> refusals) {
        Map<String, Sidecar> nodes = new HashMap<>();
        plan.sidecars().forEach(sidecar -> nodes.put(sidecar.node(), sidecar));
        int hops = 0;
        int verified = 0;
        for (String id : expected.edges().keySet()) {
            Sidecar source = nodes.get(id.substring(0, id.indexOf('>')));
            Sidecar target = nodes.get(id.substring(id.indexOf('>') + 1, id.lastIndexOf(':')));
            if (source == null || target == null) {
                continue;
            }
            hops++;
            String wrong = wrong(graph.edges().get(id), source, target, refusals);
            if (wrong == null) {
                verified++;
            } else {
                problems.add("the hop " + id + " is not verified: " + wrong);
            }
        }
        return new Mtls(hops, verified);
    }

    private @Nullable String wrong(
            GraphView.@Nullable Edge edge, Sidecar source, Sidecar target, List<String> refusals) {
        if (edge == null) {
            return "the graph does not show it";
        }
        String from = source.identity(plan.trustDomain());
        String to = target.identity(plan.trustDomain());
        if (!edge.tls().equals("mtls")) {
            return "its TLS is " + edge.tls();
        }
        if (!edge.sourceIdentity().equals(from) || !edge.targetIdentity().equals(to)) {
            return "its identities are %s and %s instead of %s and %s"
                    .formatted(edge.sourceIdentity(), edge.targetIdentity(), from, to);
        }
        return refusals.stream()
                .filter(refusal -> refusal.startsWith(target.workload() + ": "))
                .findFirst()
                .orElse(null);
    }
}
