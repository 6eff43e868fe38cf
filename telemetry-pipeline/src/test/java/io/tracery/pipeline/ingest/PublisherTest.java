package io.tracery.pipeline.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.pipeline.otlp.Chunk;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class PublisherTest {

    /** Each of them has the producer wait for room, as long as it may, while the export takes its memory. */
    @Test
    void sendsNoMoreOfAnExportOnceTheProducerHasNoRoom() {
        AtomicInteger sent = new AtomicInteger();
        MockProducer<byte[], byte[]> full =
                new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer()) {
                    @Override
                    public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
                        sent.incrementAndGet();
                        return CompletableFuture.failedFuture(new TimeoutException("no room within max.block.ms"));
                    }
                };
        Chunk chunk = new Chunk("0af7651916cd43dd8448eb211c80319c", TracesData.getDefaultInstance(), 1);
        try (Publisher publisher = new Publisher(() -> full)) {
            publisher.open();
            assertThatThrownBy(() -> publisher.publish("mesh_spans", Collections.nCopies(100, chunk)))
                    .isInstanceOfSatisfying(
                            RefusedException.class,
                            refused -> assertThat(refused.refusal()).isEqualTo(Refusal.KAFKA_UNAVAILABLE));
        }
        assertThat(sent).hasValue(1);
    }
}
