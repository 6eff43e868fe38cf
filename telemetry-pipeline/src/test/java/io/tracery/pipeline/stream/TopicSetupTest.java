package io.tracery.pipeline.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TopicSetupTest {

    @Test
    void asksForEveryTopicOfTheContractAndTheirDeadLetters() {
        List<NewTopic> topics = TopicSpecs.all((short) 3);

        assertThat(topics)
                .extracting(NewTopic::name)
                .contains(
                        "mesh_spans",
                        "otlp_spans",
                        "otlp_metrics",
                        "service_graph",
                        "mesh_spans_dead",
                        "otlp_spans_dead");
        assertThat(topics).extracting(NewTopic::replicationFactor).containsOnly((short) 3);
        assertThat(topic(topics, "mesh_spans").numPartitions()).isEqualTo(4);
        assertThat(topic(topics, "mesh_spans").configs())
                .containsEntry("cleanup.policy", "delete")
                .containsEntry("retention.ms", "1800000")
                .containsEntry("segment.ms", "300000");
        assertThat(topic(topics, "service_graph").configs()).containsEntry("cleanup.policy", "compact,delete");
    }

    @Test
    void saysWhatToDoWhenKafkaDoesNotAnswer() {
        TopicSetup setup = new TopicSetup("127.0.0.1:1", (short) 1, Duration.ofMillis(100));

        assertThatThrownBy(setup::start)
                .hasMessageContaining("Kafka at 127.0.0.1:1")
                .hasMessageContaining("start Kafka");
        assertThat(setup.ready()).isFalse();
    }

    private static NewTopic topic(List<NewTopic> topics, String name) {
        return topics.stream()
                .filter(topic -> topic.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
