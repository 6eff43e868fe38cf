package io.tracery.cli.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.tracery.cli.demo.Demo;
import io.tracery.cli.demo.Http;
import io.tracery.cli.demo.Ports;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The load generator's own account.
 *
 * @param edges calls that must have happened, by edge id as the graph writes it
 * @param losses the first lost requests, in words
 */
record LoadCounts(
        long sent,
        long answered,
        long lost,
        long underWay,
        long skipped,
        long firstAnsweredMillis,
        TreeMap<String, Calls> edges,
        List<String> losses) {

    private static final String NAMESPACE = "shop/";
    private static final String OUTSIDE = "external/clients";

    /**
     * @param requests by the count of the sender
     * @param received by the count of the receiver
     */
    record Calls(long requests, long received) {

        Calls plus(Calls other) {
            return new Calls(requests + other.requests, received + other.received);
        }
    }

    static LoadCounts fetch(Http http) throws IOException {
        return parse(Json.page(http.get(Demo.url(Ports.LOAD_CONTROL, "/counts"))));
    }

    /** Stops the load and waits until nothing is under way. */
    static LoadCounts pause(Http http) throws IOException {
        return parse(Json.page(http.post(Demo.url(Ports.LOAD_CONTROL, "/pause"))));
    }

    static LoadCounts parse(JsonNode counts) {
        TreeMap<String, Calls> edges = new TreeMap<>();
        for (JsonNode edge : counts.required("edges")) {
            Calls calls = new Calls(
                    edge.required("requests").asLong(),
                    edge.required("received").asLong());
            edges.merge(edgeId(edge), calls, Calls::plus);
        }
        List<String> losses = new ArrayList<>();
        counts.required("losses").forEach(loss -> losses.add(loss.asText()));
        return new LoadCounts(
                counts.required("sent").asLong(),
                counts.required("answered").asLong(),
                counts.required("lost").asLong(),
                counts.required("underWay").asLong(),
                counts.required("skipped").asLong(),
                counts.required("firstAnsweredMillis").asLong(),
                edges,
                losses);
    }

    /** When each request ended, in Unix milliseconds, the first one first. */
    static List<Long> ends(Http http) throws IOException {
        JsonNode ends = Json.page(http.get(Demo.url(Ports.LOAD_CONTROL, "/ends?from=0")));
        if (ends.required("first").asLong() != 0) {
            throw new IOException("the load generator has forgotten its first requests");
        }
        List<Long> times = new ArrayList<>();
        ends.required("endMillis").forEach(time -> times.add(time.asLong()));
        return times;
    }

    private static String edgeId(JsonNode edge) {
        String source = edge.required("source").asText();
        return (source.equals("client") ? OUTSIDE : NAMESPACE + source) + ">" + NAMESPACE
                + edge.required("target").asText() + ":"
                + edge.required("protocol").asText();
    }
}
