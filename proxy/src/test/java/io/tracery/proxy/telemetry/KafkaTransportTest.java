package io.tracery.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracery.tracing.topic.Topic;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class KafkaTransportTest {

    private static final byte[] KEY = {1};

    @Test
    void withNoBrokerNothingIsTakenAndNothingIsHeld() throws IOException {
        AtomicInteger receipts = new AtomicInteger();
        KafkaTransport transport = new KafkaTransport("127.0.0.1:" + closedPort(), "test", Limits.DEFAULT);
        try {
            for (int i = 0; i < 2_000; i++) {
                boolean taken =
                        transport.send(Topic.MESH_SPANS, KEY, new byte[64 * 1024], lost -> receipts.incrementAndGet());
                assertThat(taken)
                        .as("no topic is known where there is no broker")
                        .isFalse();
            }
        } finally {
            transport.close();
        }
        assertThat(receipts).as("what was not taken has no receipt").hasValue(0);
    }

    @Test
    void aBrokersNameThatDoesNotResolveYetIsNoError() {
        KafkaTransport transport = new KafkaTransport("kafka.invalid:9092", "test", Limits.DEFAULT);
        try {
            assertThat(transport.send(Topic.MESH_SPANS, KEY, new byte[1], lost -> {}))
                    .isFalse();
        } finally {
            transport.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "kafka", "kafka:9092,", "kafka:x", "http://kafka:9092", "a b:1"})
    void whatIsNoBootstrapServerIsRefusedByName(String kafka) {
        assertThatThrownBy(() -> new TelemetryConfig(kafka, "shop", "front", "", "n", ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("telemetry.kafka")
                .hasMessageContaining("host:port");
    }

    @ParameterizedTest
    @ValueSource(strings = {"kafka:9092", "10.0.0.1:1, kafka.mesh.svc:9092", "[::1]:9092"})
    void bootstrapServersMayBeSeveral(String kafka) {
        assertThat(new TelemetryConfig(kafka, "shop", "front", "", "n", "").kafka())
                .isEqualTo(kafka);
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
