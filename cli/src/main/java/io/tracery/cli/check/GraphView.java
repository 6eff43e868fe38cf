package io.tracery.cli.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.tracery.cli.demo.Demo;
import io.tracery.cli.demo.Http;
import io.tracery.cli.demo.Ports;
import java.io.IOException;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/**
 * The live graph as its API shows it.
 *
 * @param edges by id
 */
record GraphView(TreeMap<String, Edge> edges) {

    static final String FRONT_EDGE = "external/clients>shop/front:http";

    /** @param requests and {@code received} are exact and grow only */
    record Edge(
            String source,
            String target,
            long requests,
            long received,
            String tls,
            String sourceIdentity,
            String targetIdentity) {

        LoadCounts.Calls calls() {
            return new LoadCounts.Calls(requests, received);
        }
    }

    static GraphView fetch(Http http) throws IOException {
        return parse(Json.page(http.get(Demo.url(Ports.TOPOLOGY, "/api/graph?window=30s"))));
    }

    static GraphView parse(JsonNode graph) {
        TreeMap<String, Edge> edges = new TreeMap<>();
        for (JsonNode edge : graph.required("edges")) {
            edges.put(
                    edge.required("id").asText(),
                    new Edge(
                            edge.required("source").asText(),
                            edge.required("target").asText(),
                            edge.required("requests").asLong(),
                            edge.required("received").asLong(),
                            edge.required("tls").asText(""),
                            edge.required("sourceIdentity").asText(""),
                            edge.required("targetIdentity").asText("")));
        }
        return new GraphView(edges);
    }

    /** What each edge has counted since an earlier look; edges that counted nothing since then are left out. */
    Map<String, LoadCounts.Calls> since(GraphView earlier) {
        Map<String, LoadCounts.Calls> grown = new TreeMap<>(Comparator.naturalOrder());
        edges.forEach((id, edge) -> {
            Edge before = earlier.edges.get(id);
            LoadCounts.Calls calls = before == null
                    ? edge.calls()
                    : edge.calls().plus(new LoadCounts.Calls(-before.requests(), -before.received()));
            if (calls.requests() != 0 || calls.received() != 0) {
                grown.put(id, calls);
            }
        });
        return grown;
    }

    /** Requests that customers sent, as the front's sidecar counts them. */
    long frontRequests() {
        Edge front = edges.get(FRONT_EDGE);
        return front == null ? 0 : front.requests();
    }
}
