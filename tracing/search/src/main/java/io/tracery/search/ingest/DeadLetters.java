package io.tracery.search.ingest;

import io.micrometer.core.instrument.Counter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps records that nobody can read: key and value untouched in {@code <topic>_dead}, the reason and the origin in headers.
 * Confined to the thread that reads. The producer is made when the first one is needed, since most meshes never do.
 */
final class DeadLetters implements AutoCloseable {

    static final String REASON = "tracery.dead.reason";
    static final String ORIGIN = "tracery.dead.origin";

    private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);

    private final String topic;
    private final Supplier<Producer<byte[], byte[]>> producers;
    private final Counter lost;
    private @Nullable Producer<byte[], byte[]> producer;

    DeadLetters(String ofTopic, Supplier<Producer<byte[], byte[]>> producers, Counter lost) {
        this.topic = ofTopic + "_dead";
        this.producers = producers;
        this.lost = lost;
    }

    /** Buries a record; when even that fails, counts it and goes on, because one record must not stop all others. */
    void bury(ConsumerRecord<byte[], byte[]> record, String reason) {
        String origin = record.topic() + "/" + record.partition() + "/" + record.offset();
        log.warn("{} cannot be read and goes to {}: {}", origin, topic, reason);
        ProducerRecord<byte[], byte[]> letter = new ProducerRecord<>(topic, record.key(), record.value());
        letter.headers()
                .add(REASON, reason.getBytes(StandardCharsets.UTF_8))
                .add(ORIGIN, origin.getBytes(StandardCharsets.UTF_8));
        try {
            open().send(letter, (metadata, failure) -> {
                if (failure != null) {
                    lost.increment();
                    log.warn("{} could not be written to {}", origin, topic, failure);
                }
            });
        } catch (RuntimeException e) {
            lost.increment();
            log.warn("{} could not be written to {}", origin, topic, e);
        }
    }

    /** Returns when what was buried is written or given up; before that, its position must not be committed. */
    void flush() {
        if (producer != null) {
            producer.flush();
        }
    }

    private Producer<byte[], byte[]> open() {
        Producer<byte[], byte[]> open = producer;
        if (open == null) {
            open = producers.get();
            producer = open;
        }
        return open;
    }

    @Override
    public void close() {
        if (producer != null) {
            producer.close(Duration.ofSeconds(5));
        }
    }
}
