package io.tracery.search.store;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * One span with all that it needs to be understood alone.
 *
 * @param otlp holds exactly one scope with exactly one span
 */
public record SpanEntry(ResourceSpans otlp) {

    /** What Jaeger calls the service of a resource that names none. */
    public static final String NO_SERVICE_NAME = "OTLPResourceNoServiceName";

    private static final int TRACE_ID_BYTES = 16;
    private static final int SPAN_ID_BYTES = 8;

    /** Every span of a batch, each with its resource and scope. */
    public static List<SpanEntry> of(TracesData batch) {
        List<SpanEntry> entries = new ArrayList<>();
        for (ResourceSpans resourceSpans : batch.getResourceSpansList()) {
            ResourceSpans resource = resourceSpans.toBuilder().clearScopeSpans().build();
            for (ScopeSpans scopeSpans : resourceSpans.getScopeSpansList()) {
                ScopeSpans scope = scopeSpans.toBuilder().clearSpans().build();
                for (Span span : scopeSpans.getSpansList()) {
                    entries.add(new SpanEntry(resource.toBuilder()
                            .addScopeSpans(scope.toBuilder().addSpans(span))
                            .build()));
                }
            }
        }
        return entries;
    }

    static SpanEntry parse(byte[] bytes) throws InvalidProtocolBufferException {
        return new SpanEntry(ResourceSpans.parseFrom(bytes));
    }

    /** True when trace and span id have the lengths that OTLP demands; no other entry can be stored. */
    public boolean valid() {
        return span().getTraceId().size() == TRACE_ID_BYTES
                && span().getSpanId().size() == SPAN_ID_BYTES;
    }

    public Resource resource() {
        return otlp.getResource();
    }

    public InstrumentationScope scope() {
        return otlp.getScopeSpans(0).getScope();
    }

    public Span span() {
        return otlp.getScopeSpans(0).getSpans(0);
    }

    /** The trace id as 32 lower-case hex digits. */
    public String traceId() {
        return hex(span().getTraceId());
    }

    public static String hex(ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }

    /** The resource's {@code service.name}. */
    public String service() {
        return serviceOf(resource());
    }

    static String serviceOf(Resource resource) {
        for (KeyValue attribute : resource.getAttributesList()) {
            if (attribute.getKey().equals("service.name")) {
                String name = AttributeText.of(attribute.getValue());
                return name.isEmpty() ? NO_SERVICE_NAME : name;
            }
        }
        return NO_SERVICE_NAME;
    }

    /** True when the span's status is an error. */
    public boolean failed() {
        return span().getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR;
    }

    /** How long the span took; 0 where its end lies before its start. */
    public long durationNanos() {
        return Math.max(0, span().getEndTimeUnixNano() - span().getStartTimeUnixNano());
    }
}
