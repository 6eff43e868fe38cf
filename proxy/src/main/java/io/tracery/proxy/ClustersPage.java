package io.tracery.proxy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tracery.proxy.admin.AdminPages.Layout;
import io.tracery.proxy.loop.EndpointView;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The admin port's page of what the balancers know. */
final class ClustersPage {

    private static final List<String> HEAD = List.of(
            "CLUSTER",
            "ENDPOINT",
            "WORKLOAD",
            "VERSION",
            "ZONE",
            "WEIGHT",
            "COST_MS",
            "IN_FLIGHT",
            "CONNECTIONS",
            "EJECTED",
            "PROBE_IN_MS");

    private ClustersPage() {}

    /** @param clusters name to endpoints, one entry for each event loop that knows one */
    static String of(Map<String, List<EndpointView>> clusters, Layout layout) {
        Map<String, List<EndpointView>> sorted = new TreeMap<>(clusters);
        return switch (layout) {
            case JSON -> json(sorted);
            case TEXT -> table(sorted);
        };
    }

    private static String json(Map<String, List<EndpointView>> clusters) {
        try {
            return new ObjectMapper().writeValueAsString(Map.of("clusters", clusters));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps of records can be written", e);
        }
    }

    private static String table(Map<String, List<EndpointView>> clusters) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEAD);
        clusters.forEach((cluster, endpoints) -> endpoints.forEach(one -> rows.add(List.of(
                cluster,
                one.endpoint(),
                dash(one.workload()),
                dash(one.version()),
                dash(one.zone()),
                Integer.toString(one.weight()),
                String.format(Locale.ROOT, "%.3f", one.costMillis()),
                Integer.toString(one.inFlight()),
                Integer.toString(one.connections()),
                one.ejected() == null ? "-" : one.ejected(),
                one.ejected() == null ? "-" : Long.toString(one.probeInMillis())))));
        int[] widths = new int[HEAD.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder table = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            table.append(line.toString().stripTrailing()).append('\n');
        }
        return table.toString();
    }

    private static String dash(String value) {
        return value.isEmpty() ? "-" : value;
    }
}
