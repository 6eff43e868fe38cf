package io.tracery.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tracery.proxy.bootstrap.BootstrapReader;
import io.tracery.proxy.identity.TestAuthority;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a sidecar does at TERM, which is to close: with an exchange open that cannot be finished without calling out. */
@Timeout(90)
class ProxyDrainTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String IN = "inbound/0";
    private static final String OUT = "outbound/stock.shop/80";

    @TempDir
    Path folder;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private TestAuthority authority;
    private HttpServer stock;
    private HttpServer application;
    /** Where the application's calls go out. */
    private volatile int out;

    @BeforeEach
    void start() throws Exception {
        authority = new TestAuthority(folder);
        stock = serve(exchange -> say(exchange, "in stock"));
        application = serve(exchange -> {
            asked.countDown();
            awaitRelease();
            say(exchange, askStock());
        });
    }

    @AfterEach
    void stop() {
        release.countDown();
        http.close();
        application.stop(0);
        stock.stop(0);
        authority.close();
    }

    @Test
    void anOpenExchangeIsFinishedThoughTheApplicationMustCallOutForIt() throws Exception {
        try (ProxyApp proxy = ready("30s")) {
            int in = port(proxy, IN);
            int admin = proxy.adminAddress().getPort();
            CompletableFuture<HttpResponse<String>> answer =
                    http.sendAsync(request(in, "/held"), BodyHandlers.ofString());
            assertThat(asked.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
            Thread term = Thread.ofVirtual().start(proxy::close);

            await().atMost(SOON).untilAsserted(() -> assertRefused(in));
            HttpResponse<String> ready = http.send(request(admin, "/ready"), BodyHandlers.ofString());
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).contains("it is draining");
            assertThat(answer).isNotDone();
            release.countDown();

            assertThat(answer.get(SOON.toSeconds(), TimeUnit.SECONDS).statusCode())
                    .isEqualTo(200);
            assertThat(answer.get().body()).isEqualTo("in stock");
            assertThat(answer.get().headers().firstValue("connection")).hasValue("close");
            assertThat(term.join(SOON)).isTrue();
            assertRefused(out);
        }
    }

    @Test
    void whatNeverEndsIsCutWhenTheTimeToDrainIsUp() throws Exception {
        try (ProxyApp proxy = ready("1s")) {
            CompletableFuture<HttpResponse<String>> answer =
                    http.sendAsync(request(port(proxy, IN), "/held"), BodyHandlers.ofString());
            assertThat(asked.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
            Thread term = Thread.ofVirtual().start(proxy::close);

            assertThat(term.join(SOON)).isTrue();
            assertThat(release.getCount())
                    .as("the application still works on it")
                    .isOne();
            assertThatThrownBy(() -> answer.get(SOON.toSeconds(), TimeUnit.SECONDS))
                    .hasCauseInstanceOf(IOException.class);
        }
    }

    private ProxyApp ready(String drainTimeout) throws Exception {
        String bootstrap = Bootstraps.bothWays(
                        authority,
                        application.getAddress().getPort(),
                        stock.getAddress().getPort())
                .replace("drain_timeout: 1s", "drain_timeout: " + drainTimeout)
                // What bounds the exchange is to be the end of the proxy.
                .replace("timeout: 5s}", "timeout: 0s}");
        ProxyApp proxy = ProxyApp.build(
                BootstrapReader.read("test", bootstrap), new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        proxy.start();
        await().atMost(SOON).untilAsserted(() -> assertThat(proxy.missing()).isEmpty());
        out = port(proxy, OUT);
        return proxy;
    }

    private static int port(ProxyApp proxy, String listener) {
        return Objects.requireNonNull(proxy.listeners().get(listener)).getPort();
    }

    private static void assertRefused(int port) {
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                .isInstanceOf(ConnectException.class);
    }

    private static HttpRequest request(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(SOON)
                .build();
    }

    // ---- the application ----

    private static HttpServer serve(HttpHandler handler) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", handler);
        server.start();
        return server;
    }

    private void awaitRelease() {
        try {
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Through the sidecar, on a connection that was not there before; hangs up. */
    private String askStock() throws IOException {
        try (HttpClient own =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            return own.send(request(out, "/"), BodyHandlers.ofString()).body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private static void say(HttpExchange exchange, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
