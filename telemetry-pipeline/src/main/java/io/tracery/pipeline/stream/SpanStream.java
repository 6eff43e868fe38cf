package io.tracery.pipeline.stream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tracery.pipeline.decide.Policies;
import io.tracery.process.Component;
import io.tracery.tracing.topic.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the stream from {@code mesh_spans} to {@code otlp_spans}: exactly once, and through restarts of Kafka. */
public final class SpanStream implements Component {

    private static final Logger log = LoggerFactory.getLogger(SpanStream.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
    private static final long PAUSE_AFTER_FAILURE_MILLIS = 1_000;

    private final Settings settings;
    private final Supplier<Policies> policies;
    private final MeterRegistry registry;
    private final Counter failures;
    private volatile @Nullable KafkaStreams streams;

    /**
     * How the stream runs.
     *
     * @param applicationId consumer group, and name of its folder
     * @param stateDir where Kafka Streams keeps its lock and files
     * @param threads stream threads; more than there are partitions stay idle
     * @param standbys copies of what is undecided that other instances keep
     * @param maxRecordBytes bound on one record it writes; less where {@code otlp_spans} takes less
     * @param startDeadline how long {@link #start()} waits for the partitions
     */
    public record Settings(
            String bootstrapServers,
            String applicationId,
            Path stateDir,
            int threads,
            int standbys,
            int maxRecordBytes,
            Duration startDeadline) {}

    /** @param policies what is kept; asked for each trace */
    public SpanStream(Settings settings, Supplier<Policies> policies, MeterRegistry registry) {
        this.settings = settings;
        this.policies = policies;
        this.registry = registry;
        this.failures = Counter.builder("tracery.pipeline.stream.failures")
                .description("Failures after which a stream thread began anew from its last commit")
                .register(registry);
        Gauge.builder("tracery.pipeline.lag.records", this, SpanStream::lag)
                .description("Records of mesh_spans that are not read yet")
                .register(registry);
    }

    private static Properties properties(Settings settings) {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.applicationId);
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers);
        properties.put(StreamsConfig.STATE_DIR_CONFIG, settings.stateDir.toString());
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads);
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 200);
        properties.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, settings.standbys);
        // Of the stores' topics, beyond what the stores keep.
        properties.put(StreamsConfig.WINDOW_STORE_CHANGE_LOG_ADDITIONAL_RETENTION_MS_CONFIG, 60_000L);
        properties.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedRocksDb.class);
        properties.put(StreamsConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        properties.put(StreamsConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 10);
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 128 * 1024);
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
        // A record is a batch of a hundred spans and more. With the default of a thousand for each partition a backlog
        // would
        // take all of the heap, and one partition would be read seconds before another.
        properties.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 100);
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 200);
        // Room for a record of the largest size in, plus what a dead letter's headers add.
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), 2 * 1024 * 1024);
        // After a crash the group waits this long for the member that is gone.
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 10_000);
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 2_000);
        return properties;
    }

    private StreamThreadExceptionResponse replaceThread(Throwable failure) {
        failures.increment();
        log.error("the span stream failed and begins anew from its last commit", failure);
        try {
            // On the dying thread: what fails again at once must not turn into a busy loop.
            Thread.sleep(PAUSE_AFTER_FAILURE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    private double lag() {
        KafkaStreams running = streams;
        return running == null ? Double.NaN : lag(running.metrics());
    }

    /** Other topics are read too: one of metrics, and the stream's own. */
    static double lag(Map<MetricName, ? extends Metric> metrics) {
        double lag = 0;
        for (var metric : metrics.entrySet()) {
            MetricName name = metric.getKey();
            if (name.name().equals("records-lag")
                    && Topic.MESH_SPANS.topicName().equals(name.tags().get("topic"))
                    && metric.getValue().metricValue() instanceof Double partitionLag
                    && !partitionLag.isNaN()) {
                lag += partitionLag;
            }
        }
        return lag;
    }

    @Override
    public String name() {
        return "span-stream";
    }

    @Override
    public void start() throws InterruptedException {
        int recordBytes = RecordLimit.bytes(
                Topic.OTLP_SPANS, settings.maxRecordBytes, settings.bootstrapServers, settings.startDeadline);
        Topology topology = SpanTopology.build(registry, DecideOnTraces.Bounds.usual(recordBytes), policies);
        CountDownLatch running = new CountDownLatch(1);
        KafkaStreams started = new KafkaStreams(topology, properties(settings));
        streams = started;
        started.setUncaughtExceptionHandler(this::replaceThread);
        started.setStateListener((now, before) -> {
            if (now == KafkaStreams.State.RUNNING) {
                running.countDown();
            }
        });
        started.start();
        if (!running.await(settings.startDeadline.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("the span stream was given no partitions of mesh_spans by Kafka at "
                    + settings.bootstrapServers + " within " + settings.startDeadline.toSeconds()
                    + " s; look at the broker's log for the consumer group " + settings.applicationId);
        }
    }

    @Override
    public boolean ready() {
        KafkaStreams running = streams;
        return running != null && running.state().isRunningOrRebalancing();
    }

    @Override
    public void close() {
        KafkaStreams running = streams;
        if (running != null) {
            // Leaving the group lets the next start have the partitions at once, not after the session timeout.
            running.close(CloseOptions.timeout(CLOSE_TIMEOUT)
                    .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
        }
    }
}
