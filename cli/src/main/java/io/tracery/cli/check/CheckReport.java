package io.tracery.cli.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a check, in the order and shape in which it is printed. What could not be found out is null.
 *
 * @param ok true when there is no problem
 * @param startupSeconds from the start of the command to the first request answered through the mesh
 * @param spanBytes of a span in the topic {@code mesh_spans}, compressed, its share of its batch included
 * @param problems sentences
 */
public record CheckReport(
        boolean ok,
        @Nullable Double startupSeconds,
        @Nullable Requests requests,
        @Nullable Mtls mtls,
        @Nullable Graph graph,
        @Nullable Freshness freshnessMs,
        @Nullable Trace trace,
        @Nullable Prometheus prometheus,
        @Nullable Memory memoryMib,
        @Nullable Double spanBytes,
        @Nullable Spans spans,
        @Nullable Canaries canaries,
        List<String> problems) {

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    /** @param lost requests that did not end as their journey foresees */
    public record Requests(long sent, long answered, long lost) {}

    /**
     * @param hops edges between two sidecars
     * @param verified those with TLS 1.3 and the expected SPIFFE identity on both sides
     */
    public record Mtls(int hops, int verified) {}

    /** @param countsEqual true when every edge counts exactly what the load generator expects, on both sides */
    public record Graph(List<String> edgesExpected, List<String> edgesSeen, boolean countsEqual) {}

    /** Milliseconds from a request's end to its edge counting it in the API. */
    public record Freshness(double p50, double p99) {}

    /** @param complete true when no span of any checkout trace lacks its parent or its other side */
    public record Trace(int hops, boolean complete) {}

    public record Prometheus(int targets, int parsed) {}

    /** Proportional set sizes in MiB. */
    public record Memory(double sidecarMax, double sidecarMedian, double standalone) {}

    /**
     * Where the spans of all exchanges went while there was load: recorded + applications = kept + not kept + dropped.
     *
     * @param recorded one for each exchange, and one for each attempt of those that had several
     * @param applications that instrumented applications sent by themselves
     * @param stored by trace search, as many as were kept
     */
    public record Spans(
            long exchanges, long recorded, long applications, long kept, long notKept, long dropped, long stored) {}

    /** Spans by which sidecars show that the way of spans is open. */
    public record Canaries(long sent, long arrived, long lost) {}

    public CheckReport {
        problems = List.copyOf(problems);
    }

    /** A check that did not get far enough to look at anything. */
    public static CheckReport failed(String problem) {
        return new CheckReport(
                false, null, null, null, null, null, null, null, null, null, null, null, List.of(problem));
    }

    /** One JSON object over several lines. */
    public String json() throws JsonProcessingException {
        return JSON.writeValueAsString(this);
    }
}
