package io.tracery.pipeline.stream;

import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.pipeline.account.Account;
import io.tracery.pipeline.account.DropReason;
import io.tracery.pipeline.otlp.Chunk;
import io.tracery.pipeline.otlp.SpanSplitter;
import io.tracery.tracing.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * One batch of a proxy's spans in, one out for each partition that decides upon some of their traces. What is not such a batch goes to the dead letters and
 * is counted; it never stops the stream.
 */
final class SplitByPartition implements Processor<byte[], byte @Nullable [], byte[], byte @Nullable []> {

    private final Accounts accounts;
    private final int maxRecordBytes;
    private @Nullable ProcessorContext<byte[], byte @Nullable []> context;

    /** What this stage counts, once for all of its threads. */
    record Accounts(Account records, Account spans) {
        private static final String STAGE = "mesh";

        static Accounts in(MeterRegistry registry) {
            return new Accounts(new Account(registry, "records", STAGE), new Account(registry, "spans", STAGE));
        }
    }

    SplitByPartition(Accounts accounts, int maxRecordBytes) {
        this.accounts = accounts;
        this.maxRecordBytes = maxRecordBytes;
    }

    @Override
    public void init(ProcessorContext<byte[], byte @Nullable []> context) {
        this.context = context;
    }

    @Override
    public void process(Record<byte[], byte @Nullable []> batch) {
        ProcessorContext<byte[], byte @Nullable []> out = Objects.requireNonNull(context);
        accounts.records.accepted(1);
        TracesData data;
        try {
            byte[] value = batch.value();
            if (value == null) {
                bury(out, batch, "the record has no value");
                return;
            }
            data = TracesData.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            bury(out, batch, "not OTLP TracesData: " + e.getMessage());
            return;
        }
        SpanSplitter splitter = new SpanSplitter(maxRecordBytes, Partitions::key);
        List<Chunk> chunks = splitter.split(data.getResourceSpansList());
        accounts.spans.accepted(splitter.total());
        accounts.spans.dropped(splitter.drops());
        accounts.spans.flawed(splitter.flaws());
        for (Chunk chunk : chunks) {
            out.forward(
                    new Record<>(
                            chunk.key().getBytes(StandardCharsets.US_ASCII),
                            chunk.data().toByteArray(),
                            batch.timestamp(),
                            new RecordHeaders()),
                    SpanTopology.PIECES);
        }
        accounts.spans.passed(splitter.total() - splitter.drops().total());
        accounts.records.passed(1);
    }

    private void bury(
            ProcessorContext<byte[], byte @Nullable []> out, Record<byte[], byte @Nullable []> batch, String reason) {
        accounts.records.dropped(DropReason.MALFORMED, 1);
        String origin = out.recordMetadata().map(SplitByPartition::describe).orElseGet(Topic.MESH_SPANS::topicName);
        out.forward(batch.withHeaders(DeadLetters.headers(reason, origin)), SpanTopology.DEAD);
    }

    private static String describe(RecordMetadata record) {
        return record.topic() + "/" + record.partition() + "/" + record.offset();
    }
}
