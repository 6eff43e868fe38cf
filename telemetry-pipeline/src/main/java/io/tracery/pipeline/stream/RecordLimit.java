package io.tracery.pipeline.stream;

import io.tracery.tracing.topic.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a topic takes at most, as its operator made it. It must be known before: a record that a broker will not have fails its transaction, whatever
 * is done about it, and the stream would begin anew with the same one for ever.
 */
final class RecordLimit {

    private static final Logger log = LoggerFactory.getLogger(RecordLimit.class);

    /** The reason why a trace was kept, a record's key and what Kafka puts around a record. */
    private static final int OVERHEAD = 1024;

    private RecordLimit() {}

    /**
     * Bytes of spans in one record of a topic.
     *
     * @param ours at most; that is the answer as well where Kafka does not tell
     */
    static int bytes(Topic topic, int ours, String bootstrapServers, Duration deadline) throws InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.topicName());
        int deadlineMillis = (int) deadline.toMillis();
        try (Admin admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, deadlineMillis,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, deadlineMillis,
                AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG, false))) {
            var configs = admin.describeConfigs(List.of(resource)).all().get();
            String limit = Objects.requireNonNull(configs.get(resource))
                    .get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
                    .value();
            int theirs = Integer.parseInt(limit) - OVERHEAD;
            if (theirs < ours) {
                log.warn(
                        "topic {} takes records of {} bytes at most (max.message.bytes): traces become more records, and larger spans are dropped",
                        topic.topicName(),
                        limit);
            }
            return Math.min(ours, theirs);
        } catch (ExecutionException e) {
            log.warn(
                    "what topic {} takes at most cannot be asked: {}", topic.topicName(), String.valueOf(e.getCause()));
            return ours;
        }
    }
}
