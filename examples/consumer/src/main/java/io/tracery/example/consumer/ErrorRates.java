package io.tracery.example.consumer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Prints the error rate of every edge of the mesh whenever it changes. Argument: Kafka's {@code host:port}. */
public final class ErrorRates {

    private ErrorRates() {}

    public static void main(String[] args) throws IOException {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", args[0], "group.id", "error-rates-java", "auto.offset.reset", "earliest");
        ObjectMapper json = new ObjectMapper();
        try (var kafka = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            kafka.subscribe(List.of("service_graph"));
            while (true) {
                for (ConsumerRecord<String, String> record : kafka.poll(Duration.ofSeconds(1))) {
                    if (record.value() != null) { // An edge without a value has left the graph.
                        JsonNode edge = json.readTree(record.value());
                        double errors = 1 - edge.path("successShare").asDouble(1);
                        double rate = edge.path("requestRate").asDouble();
                        System.out.printf("%-50s %5.1f %% of %.1f/s%n", record.key(), 100 * errors, rate);
                    }
                }
            }
        }
    }
}
