package io.tracery.search.ingest;

import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tracery.process.Component;
import io.tracery.search.store.TraceStore;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads every partition of {@code otlp_spans} into the store, on one thread of its own. Where reading begins is what the
 * store committed together with the spans, so a crash at any moment loses nothing; what comes twice the store collapses. The
 * consumer group in Kafka is told afterwards, for those who watch lag there.
 *
 * <p>Does not wait for Kafka when it starts: what is stored can be searched without it. {@link #ready()} tells.
 */
public final class SpanIngest implements Component {

    private static final Logger log = LoggerFactory.getLogger(SpanIngest.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CONSUMER_CLOSE_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration METADATA_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration LOOK_FOR_PARTITIONS_EVERY = Duration.ofSeconds(30);

    private final String topic;
    private final TraceStore store;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final DeadLetters deadLetters;
    private final Duration commitEvery;
    private final LongSupplier clockMillis;
    private final SearchCounters counters;
    private final Canaries canaries;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    // Confined to the thread: partition → next offset of what was added to the store, and whether Kafka has not been
    // told of it.
    private final Map<Integer, Long> next = new HashMap<>();
    private boolean dirty;
    private long lastCommit;
    private long lastPartitionLook;

    private volatile boolean assigned;
    private volatile double lag = Double.NaN;

    /**
     * @param commitEvery how often what was read is made durable
     * @param consumers makes a consumer that resets to the earliest offset and commits nothing by itself
     * @param producers makes the producer of dead letters
     */
    SpanIngest(
            String topic,
            TraceStore store,
            Duration commitEvery,
            Supplier<Consumer<byte[], byte[]>> consumers,
            Supplier<Producer<byte[], byte[]>> producers,
            LongSupplier clockMillis,
            MeterRegistry registry) {
        this.topic = topic;
        this.store = store;
        this.commitEvery = commitEvery;
        this.consumers = consumers;
        this.clockMillis = clockMillis;
        this.counters = new SearchCounters(registry);
        this.canaries = new Canaries(clockMillis, registry);
        this.deadLetters = new DeadLetters(topic, producers, counters.deadLettersLost);
        this.thread = Thread.ofPlatform().name("span-ingest").daemon().unstarted(this::run);
        Gauge.builder("tracery.search.lag.records", this, ingest -> ingest.lag)
                .description("Records of otlp_spans that are not read yet")
                .register(registry);
    }

    @Override
    public String name() {
        return "span-ingest";
    }

    @Override
    public void start() {
        thread.start();
    }

    /** True once partitions are assigned and as long as reading goes on. */
    @Override
    public boolean ready() {
        return assigned && thread.isAlive();
    }

    private void run() {
        while (!isClosing()) {
            try {
                readWith(consumers.get());
            } catch (RuntimeException e) {
                counters.failures.increment();
                log.error("reading spans failed; it begins anew from the store's last commit", e);
                recover();
            }
        }
        deadLetters.close();
    }

    private void readWith(Consumer<byte[], byte[]> consumer) {
        try {
            read(consumer);
        } finally {
            consumer.close(CloseOptions.timeout(CONSUMER_CLOSE_TIMEOUT));
        }
    }

    private void recover() {
        assigned = false;
        try {
            store.recover();
        } catch (RuntimeException e) {
            log.error("the trace store does not open again; the next attempt follows", e);
        }
        pause();
    }

    private void read(Consumer<byte[], byte[]> consumer) {
        next.clear();
        next.putAll(store.positions());
        dirty = false;
        lastCommit = System.nanoTime();
        while (!isClosing() && !assignPartitions(consumer)) {
            pause();
        }
        while (!isClosing()) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            for (ConsumerRecord<byte[], byte[]> record : records) {
                take(record);
            }
            lag = lagOf(consumer);
            if (System.nanoTime() - lastCommit >= commitEvery.toNanos()) {
                commit(consumer);
            }
            if (System.nanoTime() - lastPartitionLook >= LOOK_FOR_PARTITIONS_EVERY.toNanos()) {
                assignPartitions(consumer);
            }
        }
        commit(consumer);
    }

    /** Assigns all partitions that the topic has; those that are new begin where the store says, or at their beginning. */
    private boolean assignPartitions(Consumer<byte[], byte[]> consumer) {
        lastPartitionLook = System.nanoTime();
        Set<TopicPartition> partitions = new HashSet<>();
        try {
            List<PartitionInfo> known = consumer.partitionsFor(topic, METADATA_TIMEOUT);
            for (PartitionInfo partition : known == null ? List.<PartitionInfo>of() : known) {
                partitions.add(new TopicPartition(topic, partition.partition()));
            }
        } catch (KafkaException e) {
            log.info("waiting for topic {}: {}", topic, e.getMessage());
            return assigned;
        }
        if (partitions.isEmpty()) {
            log.info("waiting for topic {}, which the telemetry pipeline creates", topic);
            return assigned;
        }
        Set<TopicPartition> before = consumer.assignment();
        if (partitions.equals(before)) {
            return true;
        }
        Set<TopicPartition> added = new HashSet<>(partitions);
        added.removeAll(before);
        consumer.assign(partitions);
        for (TopicPartition partition : added) {
            Long offset = next.get(partition.partition());
            if (offset == null) {
                consumer.seekToBeginning(List.of(partition));
            } else {
                consumer.seek(partition, offset);
            }
        }
        log.info("reading {} from {}", partitions, next.isEmpty() ? "the beginning" : next);
        assigned = true;
        return true;
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        counters.recordsAccepted.increment();
        byte[] value = record.value();
        if (value == null) {
            bury(record, "the record has no value");
        } else {
            try {
                if (!canaries.take(value)) {
                    store(value, record.timestamp());
                }
                counters.recordsPassed.increment();
            } catch (InvalidProtocolBufferException e) {
                bury(record, "not OTLP TracesData: " + e.getMessage());
            }
        }
        next.put(record.partition(), record.offset() + 1);
        dirty = true;
    }

    private void store(byte[] otlp, long timestamp) throws InvalidProtocolBufferException {
        // A sender whose clock is ahead must not keep its spans longer than others.
        TraceStore.Added added = store.add(otlp, Math.min(timestamp, clockMillis.getAsLong()));
        counters.spansAccepted.increment((double) added.spans() + added.invalid());
        counters.spansInvalid.increment(added.invalid());
        counters.spansPassed.increment(added.spans());
    }

    private void bury(ConsumerRecord<byte[], byte[]> record, String reason) {
        counters.recordsMalformed.increment();
        deadLetters.bury(record, reason);
    }

    /** Dead letters first, then the store, then Kafka's group: each may be behind the one before it, never ahead. */
    private void commit(Consumer<byte[], byte[]> consumer) {
        lastCommit = System.nanoTime();
        deadLetters.flush();
        // Also where nothing was read: what the store has deleted meanwhile leaves the disk with it.
        store.commit(next);
        if (!dirty) {
            return;
        }
        dirty = false;
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        next.forEach((partition, offset) ->
                offsets.put(new TopicPartition(topic, partition), new OffsetAndMetadata(offset)));
        consumer.commitAsync(offsets, (committed, failure) -> {
            if (failure != null) {
                log.debug("Kafka was not told how far spans are read; the next commit tells it", failure);
            }
        });
    }

    private static double lagOf(Consumer<byte[], byte[]> consumer) {
        Collection<TopicPartition> partitions = consumer.assignment();
        long lag = 0;
        for (TopicPartition partition : partitions) {
            lag += consumer.currentLag(partition).orElse(0);
        }
        return (double) lag;
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void pause() {
        try {
            if (closing.await(PAUSE_AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS)) {
                log.debug("closing");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closing.countDown();
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        try {
            if (!thread.join(CLOSE_TIMEOUT)) {
                log.warn(
                        "reading spans did not end within {}; what is not committed will be read again", CLOSE_TIMEOUT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
