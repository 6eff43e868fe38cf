package io.tracery.search.store;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.List;
import java.util.Map;

/** Whether a span meets all of a query. */
public final class SpanMatcher {

    private final TraceQuery query;

    public SpanMatcher(TraceQuery query) {
        this.query = query;
    }

    public boolean matches(SpanEntry entry) {
        Span span = entry.span();
        return within(span.getStartTimeUnixNano(), query.started())
                && within(entry.durationNanos(), query.duration())
                && (query.operation() == null || span.getName().equals(query.operation()))
                && (query.service() == null || entry.service().equals(query.service()))
                && query.tags().entrySet().stream().allMatch(tag -> hasTag(entry, tag));
    }

    private static boolean within(long number, TraceQuery.Range range) {
        return range.least() <= number && number <= range.most();
    }

    private static boolean hasTag(SpanEntry entry, Map.Entry<String, String> tag) {
        Span span = entry.span();
        if (derived(entry, tag.getKey(), tag.getValue())) {
            return true;
        }
        ByteString key = ByteString.copyFromUtf8(tag.getKey());
        if (has(span.getAttributesList(), key, tag.getValue())
                || has(entry.resource().getAttributesList(), key, tag.getValue())) {
            return true;
        }
        for (Span.Event event : span.getEventsList()) {
            if ((tag.getKey().equals("event") && event.getName().equals(tag.getValue()))
                    || has(event.getAttributesList(), key, tag.getValue())) {
                return true;
            }
        }
        return false;
    }

    private static boolean has(List<KeyValue> attributes, ByteString key, String value) {
        for (KeyValue attribute : attributes) {
            if (attribute.getKeyBytes().equals(key)
                    && AttributeText.of(attribute.getValue()).equals(value)) {
                return true;
            }
        }
        return false;
    }

    private static boolean derived(SpanEntry entry, String key, String value) {
        Span span = entry.span();
        Status.StatusCode code = span.getStatus().getCode();
        String actual = switch (key) {
            case "otel.scope.name" -> entry.scope().getName();
            case "otel.scope.version" -> entry.scope().getVersion();
            case "span.kind" -> Kind.of(span).label();
            case "error" -> code == Status.StatusCode.STATUS_CODE_ERROR ? "true" : "";
            case "otel.status_code" ->
                code == Status.StatusCode.STATUS_CODE_ERROR
                        ? "ERROR"
                        : code == Status.StatusCode.STATUS_CODE_OK ? "OK" : "";
            case "otel.status_description" -> span.getStatus().getMessage();
            case "w3c.tracestate" -> span.getTraceState();
            default -> "";
        };
        return !actual.isEmpty() && actual.equals(value);
    }
}
