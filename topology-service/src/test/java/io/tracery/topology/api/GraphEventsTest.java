package io.tracery.topology.api;

import static io.tracery.topology.SettableClock.START;
import static io.tracery.topology.graph.Traffic.sent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GraphEventsTest {

    private static final String EDGE = "shop/front>shop/cart:http";

    private final ApiKit kit = new ApiKit("/ui", URI.create("http://127.0.0.1:1"), 2);

    @AfterEach
    void close() {
        kit.close();
    }

    @Test
    void sendsTheGraphAtOnceAndAgainWhenItChanges() throws Exception {
        try (InputStream body = open("/api/graph/stream?window=30s").body();
                BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            assertThat(event(lines)).contains("\"edges\":[]");
            kit.traffic.ended(sent(EDGE), 5, 0.01, START - 1000, START);
            assertThat(event(lines)).contains("\"id\":\"" + EDGE + "\"").contains("\"requests\":5,");
            kit.traffic.ended(sent(EDGE), 1, 0.01, START - 1000, START);
            assertThat(event(lines)).contains("\"requests\":6,");
        }
    }

    @Test
    void sendsAtMostTwiceASecond() throws Exception {
        try (InputStream body = open("/api/graph/stream").body();
                BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            event(lines);
            long begin = System.nanoTime();
            for (int i = 0; i < 3; i++) {
                kit.traffic.ended(sent(EDGE), 1, 0.01, START - 1000, START);
                event(lines);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(1400));
        }
    }

    @Test
    void refusesMoreSubscribersThanAllowedAndTakesTheNextWhenOneLeaves() throws Exception {
        List<InputStream> open = new ArrayList<>();
        try {
            open.add(open("/api/graph/stream").body());
            open.add(open("/api/graph/stream").body());
            HttpResponse<String> refused = kit.get("/api/graph/stream");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("2 subscriptions to the graph are open");
            assertThat(kit.registry
                            .get("topology.subscribers.dropped")
                            .tag("reason", "too_many")
                            .counter()
                            .count())
                    .isEqualTo(1);
        } finally {
            for (InputStream body : open) {
                body.close();
            }
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> subscribers() == 0);
        try (InputStream body = open("/api/graph/stream").body()) {
            assertThat(body.read()).isEqualTo('e');
        }
    }

    @Test
    void dropsASubscriberThatDoesNotRead() throws Exception {
        for (int i = 0; i < 5_000; i++) {
            kit.traffic.ended(
                    sent("shop/front>shop/a-service-with-a-long-name-" + i + ":http"), 1, 0.01, START - 1000, START);
        }
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), kit.port()));
            socket.getOutputStream()
                    .write("GET /api/graph/stream HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            await().atMost(Duration.ofSeconds(5)).until(() -> subscribers() == 1);
            await().atMost(Duration.ofSeconds(40)).until(() -> {
                kit.traffic.ended(sent(EDGE), 1, 0.01, START - 1000, START);
                return subscribers() == 0;
            });
            assertThat(kit.registry
                            .get("topology.subscribers.dropped")
                            .tag("reason", "too_slow")
                            .counter()
                            .count())
                    .isEqualTo(1);
        }
    }

    private double subscribers() {
        return kit.registry.get("topology.subscribers").gauge().value();
    }

    private HttpResponse<InputStream> open(String path) throws Exception {
        HttpResponse<InputStream> response = kit.client.send(
                HttpRequest.newBuilder(kit.uri(path))
                        .header("accept", "text/event-stream")
                        .build(),
                BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
        return response;
    }

    private static String event(BufferedReader lines) throws Exception {
        assertThat(lines.readLine()).isEqualTo("event: graph");
        String data = lines.readLine();
        assertThat(data).startsWith("data: {").endsWith("}");
        assertThat(lines.readLine()).isEmpty();
        return data;
    }
}
