package io.tracery.pipeline.ingest;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsPartialSuccess;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.tracery.pipeline.account.Account;
import io.tracery.pipeline.account.DropReason;
import io.tracery.pipeline.account.Drops;
import io.tracery.pipeline.otlp.Chunk;
import io.tracery.pipeline.otlp.MetricSplitter;
import io.tracery.pipeline.otlp.SpanSplitter;
import io.tracery.tracing.topic.Topic;
import java.util.List;

/**
 * What both receivers do with an export once it is read: leave out what may not stand on the topics, split the rest by
 * key, write it to Kafka, and answer only when Kafka has it. Blocks; called on virtual threads.
 */
final class Intake {

    private static final String STAGE = "otlp";

    private final Publisher publisher;
    private final int maxRecordBytes;
    private final Account spans;
    private final Account points;

    Intake(Publisher publisher, int maxRecordBytes, MeterRegistry registry) {
        this.publisher = publisher;
        this.maxRecordBytes = maxRecordBytes;
        this.spans = new Account(registry, "spans", STAGE);
        this.points = new Account(registry, "points", STAGE);
    }

    /** @throws RefusedException when Kafka did not take it */
    ExportTraceServiceResponse traces(ExportTraceServiceRequest request) {
        SpanSplitter splitter = SpanSplitter.byTrace(maxRecordBytes);
        List<Chunk> chunks = splitter.split(request.getResourceSpansList());
        spans.flawed(splitter.flaws());
        publish(Topic.MESH_SPANS, chunks, new Taken(spans, splitter.total(), splitter.drops()));
        ExportTraceServiceResponse.Builder response = ExportTraceServiceResponse.newBuilder();
        if (splitter.drops().total() > 0) {
            response.setPartialSuccess(ExportTracePartialSuccess.newBuilder()
                    .setRejectedSpans(splitter.drops().total())
                    .setErrorMessage(splitter.drops().firstProblem()));
        }
        return response.build();
    }

    /** @throws RefusedException when Kafka did not take it */
    ExportMetricsServiceResponse metrics(ExportMetricsServiceRequest request) {
        MetricSplitter splitter = new MetricSplitter(maxRecordBytes);
        List<Chunk> chunks = splitter.split(request.getResourceMetricsList());
        publish(Topic.OTLP_METRICS, chunks, new Taken(points, splitter.total(), splitter.drops()));
        ExportMetricsServiceResponse.Builder response = ExportMetricsServiceResponse.newBuilder();
        if (splitter.drops().total() > 0) {
            response.setPartialSuccess(ExportMetricsPartialSuccess.newBuilder()
                    .setRejectedDataPoints(splitter.drops().total())
                    .setErrorMessage(splitter.drops().firstProblem()));
        }
        return response.build();
    }

    private void publish(Topic topic, List<Chunk> chunks, Taken taken) {
        taken.account.accepted(taken.total);
        taken.account.dropped(taken.drops);
        long valid = taken.total - taken.drops.total();
        try {
            publisher.publish(topic.topicName(), chunks);
        } catch (RefusedException e) {
            taken.account.dropped(DropReason.KAFKA, valid);
            throw e;
        }
        taken.account.passed(valid);
    }

    private record Taken(Account account, long total, Drops drops) {}
}
