package io.tracery.search.store;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one span of a wanted trace must meet, all of it at once.
 *
 * @param service exact name, or null or empty for any
 * @param operation exact span name, or null or empty for any
 * @param tags attributes by key, values as {@link AttributeText}; each is found on the span, its resource, its events, or
 *     among the tags that Jaeger derives from a span (such as {@code error} and {@code span.kind})
 * @param started when the span started, Unix nanoseconds
 * @param duration how long it took, nanoseconds
 * @param limit how many traces at most
 */
public record TraceQuery(
        @Nullable String service,
        @Nullable String operation,
        Map<String, String> tags,
        Range started,
        Range duration,
        int limit) {

    /** More traces than Jaeger's own pages ever ask for; one answer must end. */
    public static final int MOST_TRACES = 1_500;

    /** Where nobody says how many. */
    public static final int USUAL_TRACES = 100;

    public TraceQuery {
        service = service == null || service.isEmpty() ? null : service;
        operation = operation == null || operation.isEmpty() ? null : operation;
        tags = Map.copyOf(tags);
    }

    /** Both ends included. */
    public record Range(long least, long most) {
        public static final Range ANY = new Range(Long.MIN_VALUE, Long.MAX_VALUE);
    }
}
