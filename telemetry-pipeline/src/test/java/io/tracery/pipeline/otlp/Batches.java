package io.tracery.pipeline.otlp;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.HexFormat;
import java.util.List;

/** Batches for tests, as an SDK or a proxy sends them. */
public final class Batches {

    public static final String TRACE_A = "0af7651916cd43dd8448eb211c80319c";
    public static final String TRACE_B = "0bf7651916cd43dd8448eb211c80319c";

    private Batches() {}

    public static Span.Builder span(String traceId, String spanId) {
        return Span.newBuilder()
                .setTraceId(hex(traceId))
                .setSpanId(hex(spanId))
                .setName("GET /" + spanId)
                .setStartTimeUnixNano(1_000_000_000L)
                .setEndTimeUnixNano(2_000_000_000L);
    }

    public static ResourceSpans spans(String service, Span.Builder... spans) {
        ResourceSpans.Builder resource = ResourceSpans.newBuilder().setResource(resource("service.name", service));
        var scope = resource.addScopeSpansBuilder();
        scope.getScopeBuilder().setName("test-scope");
        List.of(spans).forEach(scope::addSpans);
        return resource.build();
    }

    public static ResourceMetrics metrics(Resource.Builder resource, Metric.Builder... metrics) {
        ResourceMetrics.Builder batch = ResourceMetrics.newBuilder().setResource(resource);
        List.of(metrics).forEach(batch.addScopeMetricsBuilder()::addMetrics);
        return batch.build();
    }

    public static Metric.Builder sum(String name, int points) {
        Sum.Builder sum = Sum.newBuilder();
        for (int i = 0; i < points; i++) {
            sum.addDataPoints(NumberDataPoint.newBuilder().setAsInt(i));
        }
        return Metric.newBuilder().setName(name).setSum(sum);
    }

    public static Metric.Builder sumWithExemplar(String traceId) {
        Metric.Builder metric = sum("with.exemplar", 1);
        metric.getSumBuilder()
                .getDataPointsBuilder(0)
                .addExemplars(Exemplar.newBuilder().setTraceId(hex(traceId)).setSpanId(hex("00f067aa0ba902b7")));
        return metric;
    }

    public static Resource.Builder resource(String... keysAndValues) {
        Resource.Builder resource = Resource.newBuilder();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            resource.addAttributes(attribute(keysAndValues[i], keysAndValues[i + 1]));
        }
        return resource;
    }

    public static KeyValue attribute(String key, String value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setStringValue(value))
                .build();
    }

    public static ByteString hex(String digits) {
        return ByteString.copyFrom(HexFormat.of().parseHex(digits));
    }
}
