package io.tracery.pipeline.stream;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.metrics.v1.MetricsData;
import io.tracery.pipeline.otlp.ExemplarIds;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One record of metrics in; for each trace that it shows as an example a mark out: the trace's id, and nothing. */
final class MarkExemplars implements Processor<byte[], byte @Nullable [], byte[], byte[]> {

    /** As a piece of a trace it holds no span, and says that a metric speaks of the trace. */
    static final byte[] MARK = {};

    private static final Logger log = LoggerFactory.getLogger(MarkExemplars.class);

    private @Nullable ProcessorContext<byte[], byte[]> context;

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
    }

    @Override
    public void process(Record<byte[], byte @Nullable []> metrics) {
        byte[] value = metrics.value();
        if (value == null) {
            return;
        }
        try {
            for (String id : ExemplarIds.of(MetricsData.parseFrom(value))) {
                Objects.requireNonNull(context)
                        .forward(new Record<>(
                                id.getBytes(StandardCharsets.US_ASCII),
                                MARK,
                                metrics.timestamp(),
                                new RecordHeaders()));
            }
        } catch (InvalidProtocolBufferException e) {
            // Whoever reads metrics for their own sake buries it.
            log.debug("a record of otlp_metrics is no OTLP MetricsData", e);
        }
    }
}
