package io.tracery.pipeline.ingest;

import io.tracery.pipeline.otlp.Chunk;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes chunks to Kafka and returns when every one was acknowledged. Blocks: meant for virtual threads. How long is
 * bounded by the producer's own {@code max.block.ms} and {@code delivery.timeout.ms}, and by a deadline on top.
 */
final class Publisher implements AutoCloseable {

    private static final int DEADLINE_SECONDS = 20;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Supplier<Producer<byte[], byte[]>> producers;
    private volatile @Nullable Producer<byte[], byte[]> producer;

    /** @param producers makes the producer when the publisher opens; it must bound its own blocking and delivery time */
    Publisher(Supplier<Producer<byte[], byte[]>> producers) {
        this.producers = producers;
    }

    /** A publisher whose whole wait for Kafka, a lost broker included, stays below {@link #DEADLINE_SECONDS}. */
    static Publisher to(String bootstrapServers) {
        Map<String, Object> config = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ProducerConfig.LINGER_MS_CONFIG,
                5,
                ProducerConfig.BATCH_SIZE_CONFIG,
                128 * 1024,
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "lz4",
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                64L * 1024 * 1024,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                3_000,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                5_000,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                10_000,
                ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                1_000,
                ProducerConfig.ENABLE_METRICS_PUSH_CONFIG,
                false);
        return new Publisher(() -> new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    void open() {
        producer = producers.get();
    }

    /** @throws RefusedException when Kafka did not acknowledge all of it; what it did acknowledge will come twice */
    void publish(String topic, List<Chunk> chunks) {
        Producer<byte[], byte[]> open = producer;
        if (open == null) {
            throw new RefusedException(Refusal.KAFKA_UNAVAILABLE, "the receiver is not open; send it again later");
        }
        try {
            List<Future<RecordMetadata>> sent = new ArrayList<>(chunks.size());
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
            for (Chunk chunk : chunks) {
                byte[] key = chunk.key().getBytes(StandardCharsets.UTF_8);
                Future<RecordMetadata> next =
                        open.send(new ProducerRecord<>(topic, key, chunk.data().toByteArray()));
                // A producer without room waits for it with each record.
                if (next.state() == Future.State.FAILED || System.nanoTime() - deadline > 0) {
                    next.get(0, TimeUnit.NANOSECONDS);
                }
                sent.add(next);
            }
            for (Future<RecordMetadata> acknowledgement : sent) {
                acknowledgement.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            }
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
            if (cause instanceof InterruptException) {
                Thread.currentThread().interrupt();
            }
            throw new RefusedException(
                    Refusal.KAFKA_UNAVAILABLE,
                    "Kafka did not acknowledge the data for topic " + topic + "; send it again later (" + cause + ")",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RefusedException(
                    Refusal.KAFKA_UNAVAILABLE, "the receiver is shutting down; send it again later", e);
        }
    }

    @Override
    public void close() {
        Producer<byte[], byte[]> open = producer;
        if (open != null) {
            open.close(CLOSE_TIMEOUT);
        }
    }
}
