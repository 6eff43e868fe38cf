package io.tracery.topology.stream;

import io.tracery.topology.history.HistorySettings;
import java.nio.file.Path;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/**
 * What the stream needs to know.
 *
 * @param bootstrapServers Kafka's {@code host:port}, comma separated
 * @param applicationId consumer group and prefix of the changelog topics; processes with the same one share the work
 * @param instance name of this process among them, the same over restarts
 * @param address {@code host:port} where the others reach this process; asked when the stream starts
 * @param stateDir where RocksDB keeps the series and the past
 * @param history of one partition
 */
public record StreamSettings(
        String bootstrapServers,
        String applicationId,
        String instance,
        Supplier<String> address,
        Path stateDir,
        HistorySettings history) {

    /** Least that a broker takes unless told otherwise: how long a process that was killed is waited for. */
    private static final int SESSION_MILLIS = 6_000;

    /** Least that there may be between looking whether a newcomer has caught up and can take its share. */
    private static final int PROBE_MILLIS = 60_000;

    /** Everything after Kafka should take some ten milliseconds, so nothing here waits to gather more. */
    Properties properties() {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(StreamsConfig.APPLICATION_SERVER_CONFIG, address.get());
        properties.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, 1);
        properties.put(StreamsConfig.PROBING_REBALANCE_INTERVAL_MS_CONFIG, PROBE_MILLIS);
        properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE);
        properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 200);
        properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        properties.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedRocksDb.class);
        properties.put(StreamsConfig.POLL_MS_CONFIG, 50);
        properties.put(StreamsConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        properties.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        consumer(properties, ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 100);
        // A process that was killed comes back under its own name and need not wait for its former self to time out.
        consumer(properties, ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, applicationId + "-" + instance);
        consumer(properties, ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MILLIS);
        consumer(properties, ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, SESSION_MILLIS / 3);
        // Thousands of series change each second, and the graph does not wait for their changelog.
        producer(properties, ProducerConfig.LINGER_MS_CONFIG, 20);
        producer(properties, ProducerConfig.BATCH_SIZE_CONFIG, 128 << 10);
        producer(properties, ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        producer(properties, ProducerConfig.BUFFER_MEMORY_CONFIG, 8 << 20);
        return properties;
    }

    private static void consumer(Properties properties, String key, Object value) {
        properties.put(StreamsConfig.consumerPrefix(key), value);
    }

    private static void producer(Properties properties, String key, Object value) {
        properties.put(StreamsConfig.producerPrefix(key), value);
    }
}
