package io.tracery.load.telemetry;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.AnyValue.ValueCase;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.MetricsData;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.span.Fate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What OpenTelemetry's semantic conventions (registry of August 2026) say about what the mesh emits: names, types, and which of them
 * go together. A name that is neither in the registry nor begins with our prefix is wrong, and so is one that the registry
 * calls deprecated.
 */
public final class SemanticConventions {

    private static final String OURS = "tracery.";
    private static final String HEADERS = "http.request.header.";
    private static final Set<String> UNITS =
            Set.of("{configuration}", "{item}", "s", "By", "{exchange}", "{attempt}", "{span}", "{record}", "1");

    private static final Map<String, ValueCase> REGISTRY = Map.ofEntries(
            Map.entry("service.name", ValueCase.STRING_VALUE),
            Map.entry("service.namespace", ValueCase.STRING_VALUE),
            Map.entry("service.version", ValueCase.STRING_VALUE),
            Map.entry("service.instance.id", ValueCase.STRING_VALUE),
            Map.entry("service.peer.name", ValueCase.STRING_VALUE),
            Map.entry("service.peer.namespace", ValueCase.STRING_VALUE),
            Map.entry("tls.client.server_name", ValueCase.STRING_VALUE),
            Map.entry("tls.protocol.version", ValueCase.STRING_VALUE),
            Map.entry("tls.cipher", ValueCase.STRING_VALUE),
            Map.entry("http.route", ValueCase.STRING_VALUE),
            Map.entry("http.request.method", ValueCase.STRING_VALUE),
            Map.entry("http.request.method_original", ValueCase.STRING_VALUE),
            Map.entry("http.request.resend_count", ValueCase.INT_VALUE),
            Map.entry("http.request.body.size", ValueCase.INT_VALUE),
            Map.entry("http.response.body.size", ValueCase.INT_VALUE),
            Map.entry("http.response.status_code", ValueCase.INT_VALUE),
            Map.entry("url.full", ValueCase.STRING_VALUE),
            Map.entry("url.path", ValueCase.STRING_VALUE),
            Map.entry("url.query", ValueCase.STRING_VALUE),
            Map.entry("url.scheme", ValueCase.STRING_VALUE),
            Map.entry("user_agent.original", ValueCase.STRING_VALUE),
            Map.entry("server.address", ValueCase.STRING_VALUE),
            Map.entry("server.port", ValueCase.INT_VALUE),
            Map.entry("client.address", ValueCase.STRING_VALUE),
            Map.entry("client.port", ValueCase.INT_VALUE),
            Map.entry("network.io.direction", ValueCase.STRING_VALUE),
            Map.entry("network.protocol.name", ValueCase.STRING_VALUE),
            Map.entry("network.protocol.version", ValueCase.STRING_VALUE),
            Map.entry("network.peer.address", ValueCase.STRING_VALUE),
            Map.entry("network.peer.port", ValueCase.INT_VALUE),
            Map.entry("rpc.system.name", ValueCase.STRING_VALUE),
            Map.entry("rpc.method", ValueCase.STRING_VALUE),
            Map.entry("rpc.response.status_code", ValueCase.STRING_VALUE),
            Map.entry("error.type", ValueCase.STRING_VALUE));

    private final Set<String> violations = new TreeSet<>();

    /** Each once, in words. */
    public Set<String> violations() {
        return violations;
    }

    /** Looks at a batch of spans. */
    public void check(TracesData data) {
        data.getResourceSpansList().forEach(resource -> {
            resource(resource.getResource().getAttributesList());
            resource.getScopeSpansList().forEach(scope -> {
                require(!scope.getScope().getName().isEmpty(), "a scope has no name");
                scope.getSpansList().forEach(this::span);
            });
        });
    }

    /** Looks at a batch of metrics. */
    public void check(MetricsData data) {
        data.getResourceMetricsList().forEach(resource -> {
            resource(resource.getResource().getAttributesList());
            resource.getScopeMetricsList()
                    .forEach(scope -> scope.getMetricsList().forEach(this::metric));
        });
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            violations.add(otherwise);
        }
    }

    private void resource(List<KeyValue> attributes) {
        Map<String, AnyValue> all = attributes("resource", attributes);
        for (String key : List.of("service.name", "service.instance.id")) {
            require(all.containsKey(key), "a resource has no " + key);
        }
    }

    private void metric(Metric metric) {
        require(
                metric.getName().startsWith(OURS),
                "metric " + metric.getName() + " is neither ours nor OpenTelemetry's");
        require(UNITS.contains(metric.getUnit()), "metric " + metric.getName() + " has the unit " + metric.getUnit());
        String where = "metric " + metric.getName();
        Stream.of(
                        metric.getSum().getDataPointsList().stream().map(point -> point.getAttributesList()),
                        metric.getGauge().getDataPointsList().stream().map(point -> point.getAttributesList()),
                        metric.getExponentialHistogram().getDataPointsList().stream()
                                .map(point -> point.getAttributesList()))
                .flatMap(points -> points)
                .forEach(attributes -> attributes(where, attributes));
    }

    private Map<String, AnyValue> attributes(String where, List<KeyValue> attributes) {
        Map<String, AnyValue> all = new TreeMap<>();
        for (KeyValue attribute : attributes) {
            String key = attribute.getKey();
            require(all.put(key, attribute.getValue()) == null, where + " says " + key + " twice");
            ValueCase type = attribute.getValue().getValueCase();
            if (key.startsWith(HEADERS)) {
                require(type == ValueCase.ARRAY_VALUE, where + ": " + key + " is " + type);
            } else if (!key.startsWith(OURS)) {
                ValueCase known = REGISTRY.get(key);
                require(known != null, where + ": " + key + " is not in the registry, or deprecated");
                require(known == null || known == type, where + ": " + key + " is " + type + " and should be " + known);
            }
        }
        return all;
    }

    private void span(Span span) {
        String kind = span.getKind() == Span.SpanKind.SPAN_KIND_CLIENT ? "a client span" : "a server span";
        require(
                span.getName().equals(Vocabulary.CANARY)
                        || span.getKind() == Span.SpanKind.SPAN_KIND_CLIENT
                        || span.getKind() == Span.SpanKind.SPAN_KIND_SERVER,
                "a span is of kind " + span.getKind());
        require(span.getEndTimeUnixNano() >= span.getStartTimeUnixNano(), kind + " ends before it begins");
        Map<String, AnyValue> all = attributes(kind, span.getAttributesList());
        for (Span.Event event : span.getEventsList()) {
            require(event.getName().startsWith(OURS), kind + " has the event " + event.getName());
            attributes("event " + event.getName(), event.getAttributesList());
        }
        boolean failed = span.getStatus().getCode() == StatusCode.STATUS_CODE_ERROR;
        require(!failed || all.containsKey("error.type"), kind + " failed without error.type");
        require(
                span.getStatus().getCode() != StatusCode.STATUS_CODE_OK,
                kind + " says OK, which is the application's to say");
        if (all.containsKey("http.request.method")) {
            http(kind, span, all);
        }
        require(
                !all.containsKey("rpc.method") || all.containsKey("rpc.system.name"),
                kind + " has rpc.method without rpc.system.name");
        require(
                !all.containsKey("network.peer.port") || all.containsKey("network.peer.address"),
                kind + " has a peer's port without its address");
    }

    private void http(String kind, Span span, Map<String, AnyValue> all) {
        boolean server = span.getKind() == Span.SpanKind.SPAN_KIND_SERVER;
        if (server) {
            require(all.containsKey("url.path"), kind + " of HTTP has no url.path");
            require(all.containsKey("url.scheme"), kind + " of HTTP has no url.scheme");
        } else {
            // Of a request that could not be read nobody knows whom it was for.
            String fate = all.getOrDefault("error.type", AnyValue.getDefaultInstance())
                    .getStringValue();
            require(
                    all.containsKey("server.address") || fate.equals(Fate.MALFORMED_REQUEST.label()),
                    kind + " of HTTP has no server.address");
        }
        long status = all.getOrDefault("http.response.status_code", AnyValue.getDefaultInstance())
                .getIntValue();
        boolean failed = span.getStatus().getCode() == StatusCode.STATUS_CODE_ERROR;
        require(status < (server ? 500 : 400) || failed, kind + " of HTTP with status " + status + " is no error");
        if (!all.containsKey("rpc.system.name")) {
            String method = all.getOrDefault("http.request.method", AnyValue.getDefaultInstance())
                    .getStringValue();
            String name = span.getName();
            require(
                    name.equals(method) || name.startsWith(method + " ") || method.equals("_OTHER"),
                    kind + " of HTTP has the name " + name + ", which does not begin with its method");
            AnyValue path = all.get("url.path");
            require(
                    path == null
                            || path.getStringValue().length() < 2
                            || !name.endsWith(" " + path.getStringValue())
                            || all.containsKey("http.route"),
                    kind + " has the raw path in its name");
        }
    }
}
