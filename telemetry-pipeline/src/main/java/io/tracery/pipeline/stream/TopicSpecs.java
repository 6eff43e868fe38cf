package io.tracery.pipeline.stream;

import io.tracery.tracing.topic.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/** The mesh's topics as Kafka is asked to create them. */
final class TopicSpecs {

    private static final Duration DEAD_LETTER_RETENTION = Duration.ofDays(7);
    /** A dead letter is its record plus headers, so it may be a little larger than a record. */
    private static final int DEAD_LETTER_MAX_BYTES = 2 * 1024 * 1024;
    /** A log loses whole segments only: with this many to a retention, little outlives it. */
    private static final int SEGMENTS_PER_RETENTION = 6;

    private TopicSpecs() {}

    /** Every topic of the contract, and the dead letters of the two that hold spans. */
    static List<NewTopic> all(short replicationFactor) {
        List<NewTopic> topics = new ArrayList<>();
        for (Topic topic : Topic.values()) {
            Map<String, String> configs = new HashMap<>(retained(topic.retention()));
            if (topic == Topic.MESH_SPANS) {
                // How far behind it is read must not depend on the clocks of those who write it.
                configs.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
            }
            if (topic.compacted()) {
                configs.put(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_COMPACT + "," + TopicConfig.CLEANUP_POLICY_DELETE);
            }
            topics.add(topic(topic.topicName(), topic.partitions(), replicationFactor, configs));
        }
        for (Topic topic : List.of(Topic.MESH_SPANS, Topic.OTLP_SPANS)) {
            Map<String, String> configs = new HashMap<>(retained(DEAD_LETTER_RETENTION));
            configs.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(DEAD_LETTER_MAX_BYTES));
            topics.add(topic(DeadLetters.topicOf(topic), 1, replicationFactor, configs));
        }
        return List.copyOf(topics);
    }

    private static NewTopic topic(String name, int partitions, short replicationFactor, Map<String, String> configs) {
        return new NewTopic(name, Optional.of(partitions), Optional.of(replicationFactor)).configs(configs);
    }

    private static Map<String, String> retained(Duration retention) {
        return Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE,
                TopicConfig.RETENTION_MS_CONFIG, String.valueOf(retention.toMillis()),
                TopicConfig.SEGMENT_MS_CONFIG,
                        String.valueOf(
                                retention.dividedBy(SEGMENTS_PER_RETENTION).toMillis()));
    }
}
