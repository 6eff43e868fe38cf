package io.tracery.search.jaeger;

import com.linecorp.armeria.common.QueryParams;
import io.tracery.search.store.TraceQuery;
import io.tracery.search.store.TraceQuery.Range;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/** The parameters of {@code /api/v3}, by their names in protobuf's JSON or, as older clients write them, in protobuf. */
final class V3Parameters {

    private final QueryParams query;

    V3Parameters(QueryParams query) {
        this.query = query;
    }

    /** A parameter under the first of its names that has a value. */
    private record Value(String name, String text) {
        boolean absent() {
            return text.isEmpty();
        }

        ApiException malformed(String why) {
            return ApiException.badRequest("malformed parameter " + name + ": " + why);
        }
    }

    private Value value(String... names) {
        for (String name : names) {
            String text = query.get(name, "");
            if (!text.isEmpty()) {
                return new Value(name, text);
            }
        }
        return new Value(names[0], "");
    }

    /** A kind's label; empty for any. */
    String spanKind() {
        return value("spanKind", "span_kind").text;
    }

    boolean rawTraces() {
        Value raw = value("query.rawTraces", "query.raw_traces", "rawTraces", "raw_traces");
        return switch (raw.text) {
            case "", "false", "0" -> false;
            case "true", "1" -> true;
            default -> throw raw.malformed("'" + raw.text + "' is neither true nor false");
        };
    }

    TraceQuery search() {
        if (!value("query.filter").absent()) {
            throw ApiException.badRequest(
                    "query.filter is not supported; use query.attributes, which takes equality only");
        }
        Value min = value("query.startTimeMin", "query.start_time_min");
        Value max = value("query.startTimeMax", "query.start_time_max");
        if (min.absent() || max.absent()) {
            throw ApiException.badRequest("query.startTimeMin and query.startTimeMax are required");
        }
        long from = time(min);
        long to = time(max);
        if (from >= to) {
            throw ApiException.badRequest("query.startTimeMin must be before query.startTimeMax");
        }
        long least = duration(value("query.durationMin", "query.duration_min"), Range.ANY.least());
        long most = duration(value("query.durationMax", "query.duration_max"), Range.ANY.most());
        return new TraceQuery(
                value("query.serviceName", "query.service_name").text,
                value("query.operationName", "query.operation_name").text,
                attributes(),
                new Range(from, to),
                new Range(least, most),
                depth());
    }

    private Map<String, String> attributes() {
        Value attributes = value("query.attributes");
        return attributes.absent() ? Map.of() : Parameters.map(attributes.text, attributes.name);
    }

    /** A time; a plus sign that nobody encoded has arrived as a space. */
    private static long time(Value value) {
        try {
            Instant instant = OffsetDateTime.parse(value.text.replace(' ', '+')).toInstant();
            return ChronoUnit.NANOS.between(Instant.EPOCH, instant);
        } catch (DateTimeException | ArithmeticException e) {
            throw value.malformed("'" + value.text + "' is no time such as 2026-01-31T13:00:00.5Z");
        }
    }

    private static long duration(Value value, long fallback) {
        try {
            return value.absent() ? fallback : GoDuration.parse(value.text);
        } catch (IllegalArgumentException e) {
            throw value.malformed(String.valueOf(e.getMessage()));
        }
    }

    private int depth() {
        Value depth = value("query.searchDepth", "query.search_depth", "query.num_traces");
        try {
            int traces = depth.absent() ? TraceQuery.USUAL_TRACES : Integer.parseInt(depth.text);
            if (traces >= 1 && traces <= TraceQuery.MOST_TRACES) {
                return traces;
            }
        } catch (NumberFormatException e) {
            throw depth.malformed("'" + depth.text + "' is no number");
        }
        throw depth.malformed(depth.text + " is not within 1.." + TraceQuery.MOST_TRACES);
    }
}
