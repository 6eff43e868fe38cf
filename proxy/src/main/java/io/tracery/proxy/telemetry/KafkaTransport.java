package io.tracery.proxy.telemetry;

import io.tracery.tracing.topic.Topic;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka's producer, set so that it never blocks and holds little: what cannot be sent is lost and counted. The client is
 * made on first use, so that a broker's name that does not resolve yet delays nothing but telemetry.
 */
final class KafkaTransport implements Transport {

    private static final Logger log = LoggerFactory.getLogger(KafkaTransport.class);

    /** Of the fast levels: a batch repeats itself so much that level 1 makes it no smaller, for a quarter more of the exporter's time. */
    private static final int ZSTD_LEVEL = -1;

    private static final int PROBE_BYTES = 256;
    private static final byte RECORD_FORMAT = 2;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);
    private static final long CONNECT_RETRY_NANOS = Duration.ofSeconds(5).toNanos();

    private final Map<String, Object> settings;
    private @Nullable Producer<byte[], byte[]> producer;
    private long notBeforeNanos = System.nanoTime();

    KafkaTransport(String bootstrapServers, String clientId, Limits limits) {
        this.settings = Map.ofEntries(
                Map.entry(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
                Map.entry(ProducerConfig.CLIENT_ID_CONFIG, clientId),
                Map.entry(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class),
                Map.entry(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class),
                Map.entry(ProducerConfig.ACKS_CONFIG, "1"),
                Map.entry(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false),
                Map.entry(ProducerConfig.MAX_BLOCK_MS_CONFIG, 0),
                Map.entry(ProducerConfig.BUFFER_MEMORY_CONFIG, (long) limits.producerBytes()),
                // What Kafka's own thread takes goes by the number of batches, not by what is in them.
                Map.entry(ProducerConfig.BATCH_SIZE_CONFIG, 384 * 1024),
                Map.entry(ProducerConfig.LINGER_MS_CONFIG, 150),
                Map.entry(ProducerConfig.COMPRESSION_TYPE_CONFIG, compression()),
                Map.entry(ProducerConfig.COMPRESSION_ZSTD_LEVEL_CONFIG, ZSTD_LEVEL),
                Map.entry(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000),
                Map.entry(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 15_000),
                // One request at a time and connection: retries then keep the order of cumulative metrics.
                Map.entry(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1),
                Map.entry(ProducerConfig.RECONNECT_BACKOFF_MS_CONFIG, 100L),
                Map.entry(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 2_000L),
                Map.entry(
                        ProducerConfig.METADATA_MAX_IDLE_CONFIG,
                        Duration.ofHours(1).toMillis()),
                // Else each of the client's figures becomes a bean of JMX, which nobody here asks.
                Map.entry(ProducerConfig.METRIC_REPORTER_CLASSES_CONFIG, List.of()),
                Map.entry(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false));
    }

    /** zstd is native code, which a file system or a machine may refuse; LZ4 also exists in Java. */
    private static String compression() {
        try (OutputStream out = Compression.zstd()
                .level(ZSTD_LEVEL)
                .build()
                .wrapForOutput(new ByteBufferOutputStream(PROBE_BYTES), RECORD_FORMAT)) {
            out.write(0);
            return "zstd";
        } catch (IOException | KafkaException | LinkageError e) {
            log.warn(
                    "telemetry goes compressed by LZ4, which takes more bytes, because zstd is not to be had: {}",
                    e.toString());
            return "lz4";
        }
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the callback learns all that the future does
    public boolean send(Topic topic, byte[] key, byte[] value, Receipt receipt) {
        Producer<byte[], byte[]> client = producer();
        if (client == null) {
            return false;
        }
        Handover handover = new Handover(receipt, Thread.currentThread());
        try {
            client.send(new ProducerRecord<>(topic.topicName(), key, value), handover);
        } catch (KafkaException | IllegalStateException e) {
            log.warn("the Kafka client refuses a record for {}: {}", topic.topicName(), e.toString());
            receipt.settled(DropReason.REJECTED);
            return true;
        }
        return !handover.topicUnknown;
    }

    @Override
    public void close() {
        if (producer != null) {
            producer.close(CLOSE_TIMEOUT);
        }
    }

    private @Nullable Producer<byte[], byte[]> producer() {
        if (producer == null && System.nanoTime() - notBeforeNanos >= 0) {
            notBeforeNanos = System.nanoTime() + CONNECT_RETRY_NANOS;
            try {
                producer = new KafkaProducer<>(settings);
            } catch (KafkaException e) {
                Throwable cause = e.getCause() instanceof ConfigException ? e.getCause() : e;
                log.warn("no Kafka client yet, telemetry waits: {}", cause.getMessage());
            }
        }
        return producer;
    }

    /**
     * What became of one record. Kafka reports a topic that it does not know yet at once, on the sending thread; by then it
     * has asked the brokers for it, so that the same record may go a moment later.
     */
    private static final class Handover implements Callback {

        private final Receipt receipt;
        private final Thread sender;

        /** Only of meaning to the sending thread. */
        private boolean topicUnknown;

        Handover(Receipt receipt, Thread sender) {
            this.receipt = receipt;
            this.sender = sender;
        }

        @Override
        public void onCompletion(RecordMetadata metadata, @Nullable Exception failure) {
            if (failure == null) {
                receipt.settled(null);
                return;
            }
            DropReason reason = reasonOf(failure);
            if (reason == DropReason.TIMED_OUT && Thread.currentThread() == sender) {
                topicUnknown = true;
            } else {
                receipt.settled(reason);
            }
        }

        private static DropReason reasonOf(Exception failure) {
            return switch (failure) {
                case BufferExhaustedException full -> DropReason.BUFFER_FULL;
                case TimeoutException late -> DropReason.TIMED_OUT;
                case RecordTooLargeException large -> DropReason.TOO_LARGE;
                default -> DropReason.REJECTED;
            };
        }
    }
}
