package io.tracery.cli.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.tracery.cli.demo.Demo;
import io.tracery.cli.demo.Http;
import io.tracery.cli.demo.Ports;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Checkout traces since an instant, as Jaeger's API tells them.
 *
 * @param hops of the longest trace
 * @param problems sentences; empty when there is a trace of at least five hops and none has a gap
 */
record TraceReport(int hops, List<String> problems) {

    private static final int LIMIT = 20;
    private static final int HOPS_WANTED = 5;

    static TraceReport fetch(Http http, Instant since) throws IOException {
        long micros = since.toEpochMilli() * 1000;
        String query = "/api/traces?service=checkout&limit=" + LIMIT + "&start=" + micros + "&end="
                + System.currentTimeMillis() * 1000;
        return of(Json.page(http.get(Demo.url(Ports.SEARCH, query))));
    }

    static TraceReport of(JsonNode answer) {
        int hops = 0;
        List<String> problems = new ArrayList<>();
        for (JsonNode trace : answer.path("data")) {
            TraceShape shape = TraceShape.of(trace);
            hops = Math.max(hops, shape.hops());
            shape.gaps().forEach(gap -> problems.add("the trace " + shape.traceId() + " has a gap: " + gap));
        }
        if (hops < HOPS_WANTED) {
            problems.add(
                    "Jaeger's API has no checkout trace of at least " + HOPS_WANTED + " hops; the longest has " + hops);
        }
        return new TraceReport(hops, List.copyOf(problems));
    }

    boolean complete() {
        return problems.isEmpty();
    }
}
