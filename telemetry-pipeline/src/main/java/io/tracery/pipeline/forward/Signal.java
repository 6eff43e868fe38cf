package io.tracery.pipeline.forward;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.MetricsData;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.tracing.topic.Topic;

/** What is forwarded, from which topic, and what it is counted in. A record's value is the export request, field by field. */
enum Signal {
    TRACES(Topic.OTLP_SPANS, "/v1/traces", "spans") {
        @Override
        long count(byte[] value) throws InvalidProtocolBufferException {
            return TracesData.parseFrom(value).getResourceSpansList().stream()
                    .flatMap(resource -> resource.getScopeSpansList().stream())
                    .mapToLong(scope -> scope.getSpansCount())
                    .sum();
        }

        @Override
        long rejected(byte[] answer) throws InvalidProtocolBufferException {
            return ExportTraceServiceResponse.parseFrom(answer)
                    .getPartialSuccess()
                    .getRejectedSpans();
        }
    },
    METRICS(Topic.OTLP_METRICS, "/v1/metrics", "points") {
        @Override
        long count(byte[] value) throws InvalidProtocolBufferException {
            return MetricsData.parseFrom(value).getResourceMetricsList().stream()
                    .flatMap(resource -> resource.getScopeMetricsList().stream())
                    .flatMap(scope -> scope.getMetricsList().stream())
                    .mapToLong(Signal::points)
                    .sum();
        }

        @Override
        long rejected(byte[] answer) throws InvalidProtocolBufferException {
            return ExportMetricsServiceResponse.parseFrom(answer)
                    .getPartialSuccess()
                    .getRejectedDataPoints();
        }
    };

    private final Topic topic;
    private final String path;
    private final String unit;

    Signal(Topic topic, String path, String unit) {
        this.topic = topic;
        this.path = path;
        this.unit = unit;
    }

    /** @throws InvalidProtocolBufferException where the record is none of the topic's */
    abstract long count(byte[] value) throws InvalidProtocolBufferException;

    /** How many of them the endpoint did not take, by its own word. */
    abstract long rejected(byte[] answer) throws InvalidProtocolBufferException;

    private static long points(Metric metric) {
        return switch (metric.getDataCase()) {
            case GAUGE -> metric.getGauge().getDataPointsCount();
            case SUM -> metric.getSum().getDataPointsCount();
            case HISTOGRAM -> metric.getHistogram().getDataPointsCount();
            case EXPONENTIAL_HISTOGRAM -> metric.getExponentialHistogram().getDataPointsCount();
            case SUMMARY -> metric.getSummary().getDataPointsCount();
            case DATA_NOT_SET -> 0;
        };
    }

    Topic topic() {
        return topic;
    }

    String path() {
        return path;
    }

    String unit() {
        return unit;
    }
}
