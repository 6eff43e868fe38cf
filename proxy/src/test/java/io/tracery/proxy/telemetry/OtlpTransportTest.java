package io.tracery.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.tracery.tracing.topic.Topic;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Over real sockets, to an endpoint that is of several minds. */
@Timeout(30)
class OtlpTransportTest {

    private static final byte[] KEY = {1};
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<String> taken = new CopyOnWriteArrayList<>();
    private final List<String> settled = new CopyOnWriteArrayList<>();
    private final AtomicInteger refusals = new AtomicInteger();
    private final CountDownLatch ending = new CountDownLatch(1);
    private volatile int status = 200;
    private volatile boolean silent;
    private HttpServer endpoint;
    private OtlpTransport transport;

    @BeforeEach
    void start() throws IOException {
        endpoint = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        endpoint.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            if (silent) {
                awaitEnd();
            }
            int answer = refusals.getAndDecrement() > 0 ? 503 : status;
            if (answer == 200) {
                taken.add(exchange.getRequestURI().getPath() + " " + body);
            }
            exchange.sendResponseHeaders(answer, -1);
            exchange.close();
        });
        endpoint.start();
        transport = new OtlpTransport(
                URI.create("http://127.0.0.1:" + endpoint.getAddress().getPort()));
    }

    private void awaitEnd() {
        try {
            ending.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void stop() {
        transport.close();
        ending.countDown();
        endpoint.stop(0);
    }

    private boolean send(Topic topic, String value) {
        return transport.send(
                topic, KEY, value.getBytes(StandardCharsets.UTF_8), lost -> settled.add(value + said(lost)));
    }

    private static String said(@Nullable DropReason lost) {
        return lost == null ? " arrived" : " " + lost.label();
    }

    @Test
    void spansAndMetricsGoToTheirPathsAndOneOfEachIsUnderWay() {
        refusals.set(2);
        assertThat(send(Topic.MESH_SPANS, "a")).isTrue();
        assertThat(send(Topic.MESH_SPANS, "b")).as("the first is not there yet").isFalse();
        assertThat(send(Topic.OTLP_METRICS, "m")).isTrue();
        await().atMost(PATIENCE).until(() -> send(Topic.MESH_SPANS, "b"));
        await().atMost(PATIENCE).until(() -> settled.size() == 3);
        assertThat(settled).containsExactlyInAnyOrder("a arrived", "b arrived", "m arrived");
        assertThat(taken).containsExactlyInAnyOrder("/v1/traces a", "/v1/traces b", "/v1/metrics m");
    }

    @Test
    void whatTheEndpointWillNotHaveIsLostAtOnce() {
        status = 400;
        send(Topic.MESH_SPANS, "a");
        await().atMost(PATIENCE).until(() -> settled.size() == 1);
        status = 413;
        send(Topic.MESH_SPANS, "b");
        await().atMost(PATIENCE).until(() -> settled.size() == 2);
        assertThat(settled).containsExactly("a rejected", "b too_large");
    }

    @Test
    void anEndpointThatIsAwayIsWaitedFor() throws IOException {
        int port = endpoint.getAddress().getPort();
        endpoint.stop(0);
        send(Topic.MESH_SPANS, "a");
        HttpServer again = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        again.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        again.start();
        await().atMost(PATIENCE).until(() -> settled.equals(List.of("a arrived")));
        again.stop(0);
    }

    @Test
    void anAnswerThatDoesNotEndIsWaitedForAsLongAsOneThatDoesNotBegin() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        HttpServer stalling = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        stalling.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        stalling.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            boolean first = asked.getAndIncrement() == 0;
            exchange.sendResponseHeaders(200, first ? 10 : -1);
            if (first) {
                exchange.getResponseBody().flush();
                awaitEnd();
            }
            exchange.close();
        });
        stalling.start();
        try (OtlpTransport impatient = new OtlpTransport(
                URI.create("http://127.0.0.1:" + stalling.getAddress().getPort()), Duration.ofMillis(200))) {
            impatient.send(Topic.MESH_SPANS, KEY, new byte[] {1}, lost -> settled.add(said(lost)));
            await().atMost(PATIENCE).until(() -> settled.equals(List.of(" arrived")));
            assertThat(asked).hasValue(2);
        } finally {
            ending.countDown();
            stalling.stop(0);
        }
    }

    @Test
    void whatHasNotArrivedAtTheEndIsSettledOnce() {
        silent = true;
        send(Topic.MESH_SPANS, "a");
        transport.close();
        assertThat(settled).containsExactly("a closed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://collector:4318", "collector:4318", "http://collector:4318/v1/traces"})
    void whatIsNoBaseOfAnEndpointIsRefusedByName(String otlp) {
        assertThatThrownBy(() ->
                        new TelemetryConfig(null, "shop", "front", "", "n", "", null, 0, List.of(), URI.create(otlp)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("telemetry.otlp")
                .hasMessageContaining("http://host:port");
    }
}
