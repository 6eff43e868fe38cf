package io.tracery.load.telemetry;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.MetricsData;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.span.Fate;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What OpenTelemetry's semantic conventions (1.44.0) and its data model say about what the mesh emits: names, types and values, what a kind of span
 * must have, and which go together. A name that is neither in the registry nor begins with our prefix is wrong, and so is one that the
 * registry calls deprecated. One thing that they want is left out on purpose, see {@code docs/spans.md}: {@code url.full} of a client.
 */
public final class SemanticConventions {

    private static final int TRACE_ID_BYTES = 16;
    private static final int SPAN_ID_BYTES = 8;

    private final Violations violations = new Violations();
    private final MetricConventions metrics = new MetricConventions(violations);

    /** Each once, in words. */
    public Set<String> violations() {
        return violations.all();
    }

    /** Looks at a batch of spans. */
    public void check(TracesData data) {
        data.getResourceSpansList().forEach(resource -> {
            resource(resource.getResource().getAttributesList());
            resource.getScopeSpansList().forEach(scope -> {
                violations.require(!scope.getScope().getName().isEmpty(), "a scope has no name");
                scope.getSpansList().forEach(this::span);
            });
        });
    }

    /** Looks at a batch of metrics. */
    public void check(MetricsData data) {
        data.getResourceMetricsList().forEach(resource -> {
            resource(resource.getResource().getAttributesList());
            resource.getScopeMetricsList().forEach(scope -> {
                violations.require(!scope.getScope().getName().isEmpty(), "a scope has no name");
                scope.getMetricsList().forEach(metrics::check);
            });
        });
    }

    private void resource(List<KeyValue> attributes) {
        Map<String, AnyValue> all = violations.attributes("a resource", attributes);
        for (String key : List.of("service.name", "service.instance.id")) {
            violations.require(!text(all, key).isEmpty(), "a resource has no " + key);
        }
    }

    private static String text(Map<String, AnyValue> attributes, String key) {
        return attributes.getOrDefault(key, AnyValue.getDefaultInstance()).getStringValue();
    }

    private void span(Span span) {
        String kind = switch (span.getKind()) {
            case SPAN_KIND_CLIENT -> "a client span";
            case SPAN_KIND_SERVER -> "a server span";
            default -> "a span of kind " + span.getKind();
        };
        boolean exchange = span.getKind() == SpanKind.SPAN_KIND_CLIENT || span.getKind() == SpanKind.SPAN_KIND_SERVER;
        violations.require(exchange || span.getName().equals(Vocabulary.CANARY), "there is " + kind);
        place(kind, span);
        Map<String, AnyValue> all = violations.attributes(kind, span.getAttributesList());
        all.forEach((key, value) -> violations.require(
                !value.hasStringValue() || !value.getStringValue().isEmpty(), kind + " has an empty " + key));
        for (Span.Event event : span.getEventsList()) {
            violations.require(event.getName().startsWith("tracery."), kind + " has the event " + event.getName());
            violations.require(
                    event.getTimeUnixNano() >= span.getStartTimeUnixNano()
                            && event.getTimeUnixNano() <= span.getEndTimeUnixNano(),
                    kind + " has the event " + event.getName() + " outside of its time");
            violations.attributes("event " + event.getName(), event.getAttributesList());
        }
        boolean failed = span.getStatus().getCode() == StatusCode.STATUS_CODE_ERROR;
        violations.require(
                failed == all.containsKey("error.type"),
                kind + (failed ? " failed without error.type" : " has error.type and is no error"));
        violations.require(
                span.getStatus().getCode() != StatusCode.STATUS_CODE_OK,
                kind + " says OK, which is the application's to say");
        if (all.containsKey("http.request.method")) {
            http(kind, span, all);
        }
        rpc(kind, span, all);
        together(kind, all, "network.peer.port", "network.peer.address");
        together(kind, all, "server.port", "server.address");
        together(kind, all, "service.peer.namespace", "service.peer.name");
        together(kind, all, "http.request.resend_count", "http.request.method");
        together(kind, all, "http.response.status_code", "http.request.method");
    }

    private void together(String kind, Map<String, AnyValue> all, String key, String needed) {
        violations.require(
                !all.containsKey(key) || all.containsKey(needed), kind + " has " + key + " without " + needed);
    }

    private void place(String kind, Span span) {
        violations.require(!span.getName().isEmpty(), kind + " has no name");
        violations.require(
                span.getTraceId().size() == TRACE_ID_BYTES && span.getSpanId().size() == SPAN_ID_BYTES,
                kind + " has ids of a wrong length");
        violations.require(
                span.getParentSpanId().isEmpty() || span.getParentSpanId().size() == SPAN_ID_BYTES,
                kind + " has a parent's id of a wrong length");
        violations.require(!span.getParentSpanId().equals(span.getSpanId()), kind + " is its own parent");
        violations.require(
                span.getStartTimeUnixNano() > 0 && span.getEndTimeUnixNano() >= span.getStartTimeUnixNano(),
                kind + " ends before it begins");
    }

    private void rpc(String kind, Span span, Map<String, AnyValue> all) {
        together(kind, all, "rpc.method", "rpc.system.name");
        together(kind, all, "rpc.response.status_code", "rpc.system.name");
        if (all.containsKey("rpc.system.name") && all.containsKey("rpc.method")) {
            violations.require(
                    span.getName().equals(text(all, "rpc.method")),
                    kind + " of gRPC has the name " + span.getName() + ", which is not its method");
        }
    }

    private void http(String kind, Span span, Map<String, AnyValue> all) {
        boolean server = span.getKind() == SpanKind.SPAN_KIND_SERVER;
        // Of a request that could not be read nobody knows what it was for.
        if (!text(all, "error.type").equals(Fate.MALFORMED_REQUEST.label())) {
            for (String key : server ? List.of("url.path", "url.scheme") : List.of("server.address", "server.port")) {
                violations.require(all.containsKey(key), kind + " of HTTP has no " + key);
            }
        }
        long status = all.getOrDefault("http.response.status_code", AnyValue.getDefaultInstance())
                .getIntValue();
        boolean failed = span.getStatus().getCode() == StatusCode.STATUS_CODE_ERROR;
        violations.require(
                status < (server ? 500 : 400) || failed, kind + " of HTTP with status " + status + " is no error");
        if (!all.containsKey("rpc.system.name")) {
            String method = text(all, "http.request.method");
            String name = span.getName();
            violations.require(
                    name.equals(method) || name.startsWith(method + " ") || method.equals("_OTHER"),
                    kind + " of HTTP has the name " + name + ", which does not begin with its method");
            AnyValue path = all.get("url.path");
            violations.require(
                    path == null
                            || path.getStringValue().length() < 2
                            || !name.endsWith(" " + path.getStringValue())
                            || all.containsKey("http.route"),
                    kind + " has the raw path in its name");
        }
    }
}
