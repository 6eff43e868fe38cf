package io.tracery.pipeline.stream;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.metrics.v1.MetricsData;
import io.tracery.pipeline.otlp.ExemplarIds;
import io.tracery.pipeline.otlp.TraceId;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One record of metrics in; for each trace that it shows as an example a mark out, which is its id behind a byte that no batch begins with. */
final class MarkExemplars implements Processor<byte[], byte @Nullable [], byte[], byte[]> {

    /** Neither field number nor type is 0 in any protobuf. */
    private static final byte MARK = 0;

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
            for (TraceId id : ExemplarIds.of(MetricsData.parseFrom(value))) {
                Objects.requireNonNull(context)
                        .forward(new Record<>(
                                Partitions.key(id.partition(Partitions.COUNT), Partitions.NO_SOURCE),
                                mark(id),
                                metrics.timestamp(),
                                new RecordHeaders()));
            }
        } catch (InvalidProtocolBufferException e) {
            // Whoever reads metrics for their own sake buries it.
            log.debug("a record of otlp_metrics is no OTLP MetricsData", e);
        }
    }

    private static byte[] mark(TraceId id) {
        return ByteBuffer.allocate(1 + TraceId.BYTES)
                .put(MARK)
                .putLong(id.high())
                .putLong(id.low())
                .array();
    }

    /** The trace that a mark speaks of; null for a batch of spans. */
    static @Nullable TraceId marked(byte[] value) {
        return value.length == 1 + TraceId.BYTES && value[0] == MARK ? TraceId.at(value, 1) : null;
    }
}
