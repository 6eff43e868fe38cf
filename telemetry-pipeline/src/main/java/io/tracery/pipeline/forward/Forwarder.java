package io.tracery.pipeline.forward;

import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tracery.pipeline.account.Account;
import io.tracery.pipeline.account.DropReason;
import io.tracery.process.Component;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forwards one topic to an OTLP endpoint. The topic is the queue: what is not taken is sent again for as long as the topic has it,
 * and how far it came is committed only once it was taken, so that a restart repeats some and loses nothing.
 */
public final class Forwarder implements Component {

    private static final Logger log = LoggerFactory.getLogger(Forwarder.class);
    private static final String STAGE = "forward";
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration FIRST_WAIT = Duration.ofMillis(500);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
    private static final int CLOSE_SECONDS = 10;
    private static final int REQUEST_BYTES = 3 * 1024 * 1024;

    private final String kafka;
    private final String group;
    private final ForwardSettings settings;
    private final Signal signal;
    private final Account account;
    private final Account records;
    private final Counter retries;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;
    private volatile boolean closing;

    private Forwarder(String kafka, String group, ForwardSettings settings, Signal signal, MeterRegistry registry) {
        this.kafka = kafka;
        this.group = group + "-forward-" + signal.unit();
        this.settings = settings;
        this.signal = signal;
        this.account = new Account(registry, signal.unit(), STAGE);
        this.records = new Account(registry, "records", STAGE);
        this.retries = Counter.builder("tracery.pipeline.forward.retries")
                .tag("unit", signal.unit())
                .description("Requests that the endpoint forwarded to did not take and that were sent again")
                .register(registry);
    }

    /** One for each signal, or none where nothing is to be forwarded. */
    public static List<Component> all(
            String kafka, String group, @Nullable ForwardSettings settings, MeterRegistry registry) {
        return settings == null
                ? List.of()
                : List.of(
                        new Forwarder(kafka, group, settings, Signal.TRACES, registry),
                        new Forwarder(kafka, group, settings, Signal.METRICS, registry));
    }

    @Override
    public String name() {
        return "forward-" + signal.unit();
    }

    @Override
    public void start() {
        Thread.ofPlatform().name(name()).start(this::run);
    }

    private void run() {
        try (Endpoint endpoint = new Endpoint(settings.of(signal), settings.headers())) {
            while (!closing) {
                try (KafkaConsumer<byte[], byte[]> reader = reader()) {
                    consumer = reader;
                    forward(reader, endpoint);
                } catch (WakeupException e) {
                    // It is to end.
                } catch (RuntimeException e) {
                    log.error("{} begins anew from its last commit", name(), e);
                    TimeUnit.SECONDS.sleep(1);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended.countDown();
        }
    }

    private KafkaConsumer<byte[], byte[]> reader() {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        kafka,
                        ConsumerConfig.GROUP_ID_CONFIG,
                        group,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        // Not a silent reset: what the topic does not have any more is counted.
                        "none",
                        ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
                        REQUEST_BYTES,
                        ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                        1_000,
                        ConsumerConfig.ENABLE_METRICS_PUSH_CONFIG,
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private void forward(KafkaConsumer<byte[], byte[]> reader, Endpoint endpoint) throws InterruptedException {
        reader.subscribe(List.of(signal.topic().topicName()));
        while (!closing) {
            ConsumerRecords<byte[], byte[]> some = poll(reader, POLL);
            Request request = new Request();
            for (ConsumerRecord<byte[], byte[]> record : some) {
                byte @Nullable [] value = record.value();
                if (request.bytes.size() > 0 && value != null && request.bytes.size() + value.length > REQUEST_BYTES) {
                    deliver(request, reader, endpoint);
                    request = new Request();
                }
                add(request, value);
            }
            deliver(request, reader, endpoint);
            if (!some.isEmpty() && !closing) {
                reader.commitSync();
            }
        }
    }

    /** Goes on with the oldest that the topic has, where that is newer than what was to come next. */
    private ConsumerRecords<byte[], byte[]> poll(KafkaConsumer<byte[], byte[]> reader, Duration wait) {
        try {
            return reader.poll(wait);
        } catch (OffsetOutOfRangeException e) {
            Map<TopicPartition, Long> oldest = reader.beginningOffsets(e.partitions());
            e.offsetOutOfRangePartitions()
                    .forEach((partition, next) -> expired(oldest.getOrDefault(partition, next) - next));
            reader.seekToBeginning(e.partitions());
        } catch (NoOffsetForPartitionException e) {
            // The group has just begun.
            reader.seekToBeginning(e.partitions());
        }
        return ConsumerRecords.empty();
    }

    /** @param offsets that are gone; less than none where the topic was made anew */
    private void expired(long offsets) {
        if (offsets > 0) {
            log.warn(
                    "{} records of {} expired before they were taken",
                    offsets,
                    signal.topic().topicName());
            records.accepted(offsets);
            records.dropped(DropReason.EXPIRED, offsets);
        }
    }

    private static final class Request {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private long count;
    }

    /** Messages put one behind the other are one message with the fields of both. */
    private void add(Request request, byte @Nullable [] value) {
        records.accepted(1);
        try {
            request.count += value == null ? 0 : signal.count(value);
            request.bytes.writeBytes(value == null ? new byte[0] : value);
            records.passed(1);
        } catch (InvalidProtocolBufferException e) {
            // Whoever reads the topic for its own sake buries it.
            log.debug("a record of {} is not what it should be", signal.topic().topicName(), e);
            records.dropped(DropReason.MALFORMED, 1);
        }
    }

    /** Until it is taken or refused for good, or this ends. */
    private void deliver(Request request, KafkaConsumer<byte[], byte[]> reader, Endpoint endpoint)
            throws InterruptedException {
        if (request.count == 0) {
            return;
        }
        Duration wait = FIRST_WAIT;
        while (!closing) {
            switch (endpoint.send(request.bytes.toByteArray())) {
                case Endpoint.Taken taken -> {
                    conclude(request.count, Math.clamp(rejected(taken.body()), 0, request.count));
                    return;
                }
                case Endpoint.Refused refused -> {
                    log.warn("{} {} are not forwarded: {}", request.count, signal.unit(), refused.why());
                    conclude(request.count, request.count);
                    return;
                }
                case Endpoint.Later later -> {
                    if (wait.equals(FIRST_WAIT)) {
                        log.warn("{} waits and sends again: {}", name(), later.why());
                    }
                    retries.increment();
                    stayMember(reader, later.pause().isZero() ? wait : later.pause());
                    wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait.multipliedBy(2);
                }
            }
        }
    }

    private void conclude(long count, long refused) {
        account.accepted(count);
        account.passed(count - refused);
        account.dropped(DropReason.REFUSED, refused);
    }

    private long rejected(byte[] answer) {
        try {
            return signal.rejected(answer);
        } catch (InvalidProtocolBufferException e) {
            // An endpoint that answers with something else took it, by its status.
            return 0;
        }
    }

    /** A member of the group that does not poll for minutes is taken for dead. */
    private void stayMember(KafkaConsumer<byte[], byte[]> reader, Duration wait) {
        reader.pause(reader.assignment());
        long until = System.nanoTime() + wait.toNanos();
        for (long left = wait.toNanos(); left > 0; left = until - System.nanoTime()) {
            ConsumerRecords<byte[], byte[]> early = poll(reader, Duration.ofNanos(left));
            // Of partitions that came to this member meanwhile: their turn is later.
            for (TopicPartition partition : early.partitions()) {
                reader.seek(partition, early.records(partition).getFirst().offset());
            }
            reader.pause(early.partitions());
        }
        reader.resume(reader.assignment());
    }

    /** What waits in the topic waits for the endpoint, not for this. */
    @Override
    public boolean ready() {
        return true;
    }

    @Override
    public void close() {
        closing = true;
        KafkaConsumer<byte[], byte[]> running = consumer;
        if (running == null) {
            return;
        }
        running.wakeup();
        try {
            if (!ended.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                log.warn("{} did not end in time; what it was sending will be sent again", name());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
