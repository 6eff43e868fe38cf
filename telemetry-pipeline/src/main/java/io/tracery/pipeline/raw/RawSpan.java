package io.tracery.pipeline.raw;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import io.tracery.tracing.Vocabulary;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * One end of an exchange, as far as it is asked for. What a span does not say is empty.
 *
 * @param service {@code namespace/name}, or the name alone
 * @param status HTTP's, or gRPC's where there is one
 */
record RawSpan(
        String traceId,
        String spanId,
        String parentSpanId,
        String service,
        String kind,
        String name,
        String path,
        String peer,
        String fate,
        String status,
        boolean failed,
        long startNanos,
        long durationNanos) {

    private static final long NANOS_PER_MICRO = 1_000;
    private static final String KIND = "SPAN_KIND_";

    static RawSpan of(Resource resource, Span span) {
        List<KeyValue> attributes = span.getAttributesList();
        String rpc = text(attributes, Vocabulary.RPC_STATUS);
        return new RawSpan(
                hex(span.getTraceId()),
                hex(span.getSpanId()),
                hex(span.getParentSpanId()),
                named(
                        text(resource.getAttributesList(), Vocabulary.SERVICE_NAMESPACE),
                        text(resource.getAttributesList(), Vocabulary.SERVICE_NAME)),
                span.getKind().name().startsWith(KIND)
                        ? span.getKind().name().substring(KIND.length()).toLowerCase(Locale.ROOT)
                        : "",
                span.getName(),
                text(attributes, Vocabulary.URL_PATH),
                named(text(attributes, Vocabulary.PEER_NAMESPACE), text(attributes, Vocabulary.PEER_NAME)),
                text(attributes, Vocabulary.FATE),
                rpc.isEmpty() ? text(attributes, Vocabulary.HTTP_STATUS) : rpc,
                span.getStatus().getCode() == StatusCode.STATUS_CODE_ERROR,
                span.getStartTimeUnixNano(),
                Math.max(0, span.getEndTimeUnixNano() - span.getStartTimeUnixNano()));
    }

    private static String named(String namespace, String name) {
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }

    private static String hex(ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }

    private static String text(List<KeyValue> attributes, String key) {
        for (KeyValue attribute : attributes) {
            if (attribute.getKey().equals(key)) {
                AnyValue value = attribute.getValue();
                return value.hasIntValue() ? Long.toString(value.getIntValue()) : value.getStringValue();
            }
        }
        return "";
    }

    /** @param asked {@code cart}, or {@code shop/cart} */
    boolean isOf(String asked) {
        return service.equals(asked) || (asked.indexOf('/') < 0 && service.endsWith("/" + asked));
    }

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("traceId", traceId)
                .put("spanId", spanId)
                .put("parentSpanId", parentSpanId)
                .put("service", service)
                .put("kind", kind)
                .put("name", name)
                .put("path", path)
                .put("peer", peer)
                .put("fate", fate)
                .put("status", status)
                .put("failed", failed);
        json.put("startMicros", startNanos / NANOS_PER_MICRO).put("durationMicros", durationNanos / NANOS_PER_MICRO);
        return json;
    }
}
