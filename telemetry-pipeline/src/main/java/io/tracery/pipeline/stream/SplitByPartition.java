package io.tracery.pipeline.stream;

import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.pipeline.account.Account;
import io.tracery.pipeline.account.DropReason;
import io.tracery.pipeline.otlp.Chunk;
import io.tracery.pipeline.otlp.PlainBatch;
import io.tracery.pipeline.otlp.SpanSplitter;
import io.tracery.tracing.topic.Topic;
import java.time.Instant;
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
    private final PlainBatch.Bounds bounds;
    private @Nullable ProcessorContext<byte[], byte @Nullable []> context;
    private @Nullable Packing packing;

    /** What this stage counts, once for all of its threads. */
    record Accounts(Account records, Account spans) {
        private static final String STAGE = "mesh";

        static Accounts in(MeterRegistry registry) {
            return new Accounts(new Account(registry, "records", STAGE), new Account(registry, "spans", STAGE));
        }
    }

    SplitByPartition(Accounts accounts, int maxRecordBytes) {
        this.accounts = accounts;
        this.bounds = new PlainBatch.Bounds(Partitions.COUNT, maxRecordBytes);
    }

    @Override
    public void init(ProcessorContext<byte[], byte @Nullable []> context) {
        this.context = context;
        this.packing = new Packing();
    }

    @Override
    public void process(Record<byte[], byte @Nullable []> batch) {
        accounts.records.accepted(1);
        byte[] value = batch.value();
        if (value == null) {
            bury(batch, "the record has no value");
            return;
        }
        PlainBatch plain = PlainBatch.cut(value, bounds, Instant.now());
        if (plain != null) {
            pass(plain, batch.timestamp());
            return;
        }
        try {
            mended(TracesData.parseFrom(value), batch.timestamp());
        } catch (InvalidProtocolBufferException e) {
            bury(batch, "not OTLP TracesData: " + e.getMessage());
        }
    }

    private void pass(PlainBatch plain, long timestamp) {
        for (int i = 0; i < bounds.partitions(); i++) {
            byte[] part = plain.partition(i);
            if (part != null) {
                pass(i, part, timestamp);
            }
        }
        accounts.spans.accepted(plain.spans());
        accounts.spans.passed(plain.spans());
        accounts.records.passed(1);
    }

    private void mended(TracesData data, long timestamp) {
        SpanSplitter splitter =
                new SpanSplitter(bounds.bytes(), id -> Integer.toString(id.partition(bounds.partitions())));
        for (Chunk chunk : splitter.split(data.getResourceSpansList())) {
            pass(Integer.parseInt(chunk.key()), chunk.data().toByteArray(), timestamp);
        }
        accounts.spans.accepted(splitter.total());
        accounts.spans.dropped(splitter.drops());
        accounts.spans.flawed(splitter.flaws());
        accounts.spans.passed(splitter.total() - splitter.drops().total());
        accounts.records.passed(1);
    }

    private void pass(int partition, byte[] batch, long timestamp) {
        int source = context().recordMetadata().map(RecordMetadata::partition).orElse(0) % Partitions.NO_SOURCE;
        context()
                .forward(
                        new Record<>(
                                Partitions.key(partition, source),
                                Objects.requireNonNull(packing).packed(batch),
                                timestamp,
                                new RecordHeaders()),
                        SpanTopology.PIECES);
    }

    private void bury(Record<byte[], byte @Nullable []> batch, String reason) {
        accounts.records.dropped(DropReason.MALFORMED, 1);
        String origin =
                context().recordMetadata().map(SplitByPartition::describe).orElseGet(Topic.MESH_SPANS::topicName);
        context()
                .forward(
                        batch.withKey(DeadLetters.cut(batch.key()))
                                .withValue(DeadLetters.cut(batch.value()))
                                .withHeaders(DeadLetters.headers(reason, origin)),
                        SpanTopology.DEAD);
    }

    @Override
    public void close() {
        if (packing != null) {
            packing.close();
            packing = null;
        }
    }

    private ProcessorContext<byte[], byte @Nullable []> context() {
        return Objects.requireNonNull(context);
    }

    private static String describe(RecordMetadata record) {
        return record.topic() + "/" + record.partition() + "/" + record.offset();
    }
}
