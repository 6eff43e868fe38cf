package io.tracery.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmbeddedKafkaIT {

    @Test
    void keepsItsRecordsOverARestart(@TempDir Path directory) throws Exception {
        EmbeddedKafka kafka = new EmbeddedKafka(directory, "127.0.0.1", "127.0.0.1", freePort(), freePort());
        Map<String, Object> clients = Map.of("bootstrap.servers", kafka.bootstrapServers());
        try (kafka) {
            kafka.start();
            try (Admin admin = Admin.create(clients)) {
                admin.createTopics(List.of(new NewTopic("t", 1, (short) 1)))
                        .all()
                        .get(30, TimeUnit.SECONDS);
            }
            try (KafkaProducer<String, String> producer =
                    new KafkaProducer<>(clients, new StringSerializer(), new StringSerializer())) {
                producer.send(new ProducerRecord<>("t", "key", "value")).get(30, TimeUnit.SECONDS);
            }

            kafka.close();
            assertThat(kafka.ready()).isFalse();
            kafka.start();

            try (KafkaConsumer<String, String> consumer =
                    new KafkaConsumer<>(clients, new StringDeserializer(), new StringDeserializer())) {
                TopicPartition partition = new TopicPartition("t", 0);
                consumer.assign(List.of(partition));
                consumer.seekToBeginning(List.of(partition));
                assertThat(consumer.poll(Duration.ofSeconds(30)))
                        .singleElement()
                        .satisfies(record -> assertThat(record.value()).isEqualTo("value"));
            }
        }
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
