package io.tracery.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tracery.proxy.bootstrap.BootstrapReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the admin port tells of endpoints and of requests in flight is what happens to them. */
@Timeout(90)
class ProxyPagesTest {

    private static final String CART = "outbound/cart.shop/80";
    private static final Duration SOON = Duration.ofSeconds(30);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<HttpServer> applications = new ArrayList<>();
    private final CountDownLatch answer = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);

    @AfterEach
    void stop() {
        answer.countDown();
        end.countDown();
        http.close();
        applications.forEach(application -> application.stop(0));
    }

    @Test
    void clustersTellWhomABalancerLeavesOutAndWhyAndWhatTheOthersCost() throws Exception {
        int good = application(200);
        int bad = application(500);
        try (ProxyApp proxy = started(good, bad)) {
            for (int i = 0; i < 4; i++) {
                send(proxy, "/");
            }
            JsonNode out = endpoint(proxy, bad);
            assertThat(out.get("ejected").asText()).isEqualTo("consecutive_5xx");
            assertThat(out.get("probeInMillis").asLong()).isBetween(1L, 300_000L);
            assertThat(out.get("inFlight").asInt()).isZero();
            JsonNode in = endpoint(proxy, good);
            assertThat(in.get("ejected").isNull()).isTrue();
            assertThat(in.get("probeInMillis").asLong()).isZero();
            assertThat(in.get("inFlight").asInt()).isZero();
            assertThat(in.get("connections").asInt()).isEqualTo(1);
            double idle = in.get("costMillis").asDouble();
            assertThat(idle).isPositive();

            CompletableFuture<?> held = sending(proxy, "/held");
            await().atMost(SOON)
                    .until(() -> endpoint(proxy, good).get("inFlight").asInt() == 1);
            assertThat(endpoint(proxy, good).get("costMillis").asDouble())
                    .as("of one that has something to do")
                    .isGreaterThan(idle);
            assertThat(page(proxy, "/clusters?format=text").lines())
                    .anySatisfy(row -> assertThat(row).matches(".*127\\.0\\.0\\.1:" + good + " .* 1 +[12] +- +-"))
                    .anySatisfy(row ->
                            assertThat(row).matches(".*127\\.0\\.0\\.1:" + bad + " .* 0 +[01] +consecutive_5xx +\\d+"));

            answer.countDown();
            end.countDown();
            held.get();
            await().atMost(SOON)
                    .until(() -> endpoint(proxy, good).get("inFlight").asInt() == 0);
        }
    }

    @Test
    void requestsTellForHowLongEachHasBeenUnderWayAndWhatItWaitsFor() throws Exception {
        int port = application(200);
        try (ProxyApp proxy = started(port)) {
            assertThat(page(proxy, "/requests")).isEqualTo("{\"requests\":[]}");
            long begun = System.nanoTime();
            CompletableFuture<HttpResponse<String>> held = sending(proxy, "/held?x=1");
            await().atMost(SOON).until(() -> state(proxy).equals("waiting for an answer"));
            JsonNode waiting = onlyRequest(proxy);
            assertThat(waiting.get("ageMillis").asLong())
                    .isBetween(0L, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
            assertThat(waiting.get("direction").asText()).isEqualTo("outbound");
            assertThat(waiting.get("method").asText()).isEqualTo("GET");
            assertThat(waiting.get("path").asText()).isEqualTo("/held");
            assertThat(waiting.get("cluster").asText()).isEqualTo(CART);
            assertThat(waiting.get("endpoint").asText()).endsWith("127.0.0.1:" + port);
            assertThat(waiting.get("attempts").asInt()).isEqualTo(1);
            assertThat(waiting.get("status").asInt()).isZero();
            assertThat(waiting.get("traceId").asText()).matches("[0-9a-f]{32}");
            await().atMost(SOON).until(() -> onlyRequest(proxy).get("ageMillis").asLong() > 100);

            answer.countDown();
            await().atMost(SOON).until(() -> state(proxy).equals("passing the answer on"));
            assertThat(onlyRequest(proxy).get("status").asInt()).isEqualTo(200);

            end.countDown();
            assertThat(held.get().body()).isEqualTo("begun, ended");
            await().atMost(SOON).until(() -> page(proxy, "/requests").equals("{\"requests\":[]}"));
        }
    }

    private String state(ProxyApp proxy) throws Exception {
        JsonNode requests =
                new ObjectMapper().readTree(page(proxy, "/requests")).get("requests");
        return requests.isEmpty() ? "" : requests.get(0).get("state").asText();
    }

    private JsonNode onlyRequest(ProxyApp proxy) throws Exception {
        JsonNode requests =
                new ObjectMapper().readTree(page(proxy, "/requests")).get("requests");
        assertThat(requests).hasSize(1);
        return requests.get(0);
    }

    private JsonNode endpoint(ProxyApp proxy, int port) throws Exception {
        JsonNode endpoints = new ObjectMapper()
                .readTree(page(proxy, "/clusters"))
                .get("clusters")
                .get(CART);
        return StreamSupport.stream(endpoints.spliterator(), false)
                .filter(endpoint -> endpoint.get("endpoint").asText().endsWith(":" + port))
                .findFirst()
                .orElseThrow();
    }

    /** Answers at once, but for what is {@code /held}: that begins its answer, and ends it, when the test says so. */
    private int application(int status) throws IOException {
        HttpServer application = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        application.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        application.createContext("/", exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        application.createContext("/held", exchange -> {
            pass(answer);
            exchange.sendResponseHeaders(status, 0);
            exchange.getResponseBody().write("begun, ".getBytes(StandardCharsets.US_ASCII));
            exchange.getResponseBody().flush();
            pass(end);
            exchange.getResponseBody().write("ended".getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        application.start();
        applications.add(application);
        return application.getAddress().getPort();
    }

    private static void pass(CountDownLatch gate) throws IOException {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static ProxyApp started(int... ports) throws Exception {
        ProxyApp proxy = ProxyApp.build(
                BootstrapReader.read("test", Bootstraps.balanced(ports)),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        proxy.start();
        await().atMost(SOON).untilAsserted(() -> assertThat(proxy.missing()).isEmpty());
        return proxy;
    }

    private String page(ProxyApp proxy, String path) throws Exception {
        return http.send(request(proxy.adminAddress(), path), BodyHandlers.ofString())
                .body();
    }

    private void send(ProxyApp proxy, String path) throws Exception {
        sending(proxy, path).get(20, TimeUnit.SECONDS);
    }

    private CompletableFuture<HttpResponse<String>> sending(ProxyApp proxy, String path) {
        InetSocketAddress listener = Objects.requireNonNull(proxy.listeners().get(CART));
        return http.sendAsync(request(listener, path), BodyHandlers.ofString());
    }

    private static HttpRequest request(InetSocketAddress to, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + to.getPort() + path))
                .timeout(Duration.ofSeconds(60))
                .build();
    }
}
