package io.tracery.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.MetricsData;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.proxy.bootstrap.BootstrapReader;
import io.tracery.proxy.identity.TestAuthority;
import java.io.IOException;
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
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two whole sidecars from bootstraps with static resources, no control plane, real sockets, mutual TLS between them. */
@Timeout(90)
class ProxyAppTest {

    private static final String CART = "spiffe://tracery.local/ns/shop/sa/cart";
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private TestAuthority authority;
    private HttpServer application;

    @BeforeEach
    void start() throws Exception {
        authority = new TestAuthority(folder);
        application = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        application.createContext("/", exchange -> {
            byte[] body = String.valueOf(exchange.getRequestHeaders().getFirst("traceparent"))
                    .getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        application.start();
    }

    @AfterEach
    void stop() {
        http.close();
        application.stop(0);
        authority.close();
    }

    @Test
    void carriesARequestToAnApplicationThroughTwoSidecars() throws Exception {
        try (ProxyApp cart = started(
                        Bootstraps.inbound(authority, application.getAddress().getPort()));
                ProxyApp front = started(Bootstraps.outbound(authority, port(cart, "inbound/0"), CART))) {
            HttpResponse<String> answer = get(port(front, "outbound/cart.shop/80"), "/item", "*/*");

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body())
                    .as("traceparent at the application")
                    .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(get(cart.adminAddress().getPort(), "/metrics", "*/*")
                                    .body())
                            .contains("tracery_tls=\"mtls\"")
                            .contains("spiffe://tracery.local/ns/shop/sa/front"));
        }
    }

    @Test
    void spansCarryTheHeadersThatTheBootstrapNamesAndNoOthers() throws Exception {
        List<Span> spans = new CopyOnWriteArrayList<>();
        HttpServer endpoint = endpoint(spans, new CopyOnWriteArrayList<>());
        String telemetry = "telemetry: {otlp: \"http://127.0.0.1:%d\", request_headers: [X-User, x-absent]}"
                .formatted(endpoint.getAddress().getPort());
        try (ProxyApp cart = started(
                        Bootstraps.inbound(authority, application.getAddress().getPort()));
                ProxyApp front = started(Bootstraps.outbound(authority, port(cart, "inbound/0"), CART)
                        .replace("drain_timeout:", telemetry + "\n      drain_timeout:"))) {
            send(request(port(front, "outbound/cart.shop/80"), "/item")
                    .header("x-user", "42")
                    .header("X-Tenant", "acme")
                    .header("Authorization", "Bearer hidden"));

            await().atMost(SOON).until(() -> spans.stream().anyMatch(ProxyAppTest::isExchange));
            Span exchange =
                    spans.stream().filter(ProxyAppTest::isExchange).findFirst().orElseThrow();
            assertThat(exchange.getAttributesList())
                    .filteredOn(attribute -> attribute.getKey().startsWith("http.request.header."))
                    .singleElement()
                    .satisfies(attribute -> {
                        assertThat(attribute.getKey()).isEqualTo("http.request.header.x-user");
                        assertThat(attribute.getValue().getArrayValue().getValuesList())
                                .extracting(AnyValue::getStringValue)
                                .containsExactly("42");
                    });
            assertThat(exchange.toString()).doesNotContain("acme").doesNotContain("hidden");
        } finally {
            endpoint.stop(0);
        }
    }

    private static boolean isExchange(Span span) {
        return span.getKind() == Span.SpanKind.SPAN_KIND_CLIENT;
    }

    /** Takes all telemetry. */
    private static HttpServer endpoint(List<Span> spans, List<Metric> metrics) throws IOException {
        HttpServer endpoint = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        endpoint.createContext("/v1/metrics", exchange -> {
            MetricsData.parseFrom(exchange.getRequestBody().readAllBytes()).getResourceMetricsList().stream()
                    .flatMap(resource -> resource.getScopeMetricsList().stream())
                    .forEach(scope -> metrics.addAll(scope.getMetricsList()));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        endpoint.createContext("/v1/traces", exchange -> {
            TracesData.parseFrom(exchange.getRequestBody().readAllBytes()).getResourceSpansList().stream()
                    .flatMap(resource -> resource.getScopeSpansList().stream())
                    .forEach(scope -> spans.addAll(scope.getSpansList()));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        endpoint.start();
        return endpoint;
    }

    @Test
    void sendsNothingToAPeerThatIsSomebodyElse() throws Exception {
        try (ProxyApp cart = started(
                        Bootstraps.inbound(authority, application.getAddress().getPort()));
                ProxyApp front = started(Bootstraps.outbound(
                        authority, port(cart, "inbound/0"), "spiffe://tracery.local/ns/shop/sa/payment"))) {
            assertThat(get(port(front, "outbound/cart.shop/80"), "/", "*/*").statusCode())
                    .as("bad gateway")
                    .isEqualTo(502);
        }
    }

    @Test
    void saysWhatItLacksUntilItIsReady() throws Exception {
        authority.refusing = true;
        try (ProxyApp cart =
                begun(Bootstraps.inbound(authority, application.getAddress().getPort()))) {
            int admin = cart.adminAddress().getPort();
            await().atMost(SOON).until(() -> authority.asked.get() > 0);

            assertThat(get(admin, "/live", "*/*").statusCode()).isEqualTo(200);
            HttpResponse<String> waiting = get(admin, "/ready", "*/*");
            assertThat(waiting.statusCode()).isEqualTo(503);
            assertThat(waiting.body()).contains("identity: there is no valid certificate");

            authority.refusing = false;
            await().atMost(SOON)
                    .untilAsserted(() ->
                            assertThat(get(admin, "/ready", "*/*").statusCode()).isEqualTo(200));
        }
    }

    @Test
    void nothingThatTheAdminPortIsAskedMakesAPageFail() throws Exception {
        long seed = Long.getLong("seed", 20_261_128);
        SplittableRandom random = new SplittableRandom(seed);
        String[] pages = {"/tap", "/clusters", "/requests", "/protocols", "/logging", "/config_dump"};
        String[] names = {"fate", "status", "min_ms", "retried", "sample", "from", "limit", "trace", "format", "level"};
        String[] values = {
            "", "!served", "5xx", "-1", "1e9", "99999999999999999999", "true", "%", "%zz", "%00", "text", "\u00e9"
        };
        try (ProxyApp cart =
                started(Bootstraps.inbound(authority, application.getAddress().getPort()))) {
            int admin = cart.adminAddress().getPort();
            for (int round = 0; round < 300; round++) {
                StringBuilder target = new StringBuilder(pages[random.nextInt(pages.length)]).append('?');
                for (int i = random.nextInt(4); i > 0; i--) {
                    target.append(names[random.nextInt(names.length)])
                            .append(random.nextInt(8) == 0 ? "" : "=")
                            .append(values[random.nextInt(values.length)])
                            .append('&');
                }
                assertThat(statusOf(admin, target.toString()))
                        .as("seed %d: %s", seed, target)
                        .isIn(200, 400);
            }
        }
    }

    /** Of a request that no library would send. */
    private static int statusOf(int port, String target) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream()
                    .write(("GET " + target + " HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            String answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            return Integer.parseInt(answer.substring(9));
        }
    }

    @Test
    void showsItselfOnTheAdminPort() throws Exception {
        try (ProxyApp cart =
                started(Bootstraps.inbound(authority, application.getAddress().getPort()))) {
            int admin = cart.adminAddress().getPort();

            assertThat(get(admin, "/config_dump", "*/*").body()).contains("\"snapshot\":1", "inbound/app");
            assertThat(get(admin, "/clusters", "*/*").body()).startsWith("{\"clusters\":");
            assertThat(get(admin, "/clusters?format=text", "*/*").body()).startsWith("CLUSTER  ENDPOINT");
            HttpResponse<String> openMetrics = get(admin, "/metrics", "application/openmetrics-text");
            assertThat(openMetrics.headers().firstValue("content-type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("application/openmetrics-text"));
            assertThat(openMetrics.body())
                    .contains("tracery_identity_renewals", "tracery_identity_expiry_seconds", "jvm_memory_used_bytes")
                    .endsWith("# EOF\n");
            assertThat(get(admin, "/metrics", "*/*").headers().firstValue("content-type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
            assertThat(get(admin, "/else", "*/*").statusCode()).isEqualTo(404);
            assertThat(send(request(admin, "/ready").DELETE()).statusCode()).isEqualTo(405);
            assertThat(send(request(admin, "/ready").POST(HttpRequest.BodyPublishers.ofByteArray(new byte[5000])))
                            .statusCode())
                    .isEqualTo(413);
        }
    }

    @Test
    void showsAndChangesWhatAnOperatorNeeds() throws Exception {
        try (ProxyApp cart =
                started(Bootstraps.inbound(authority, application.getAddress().getPort()))) {
            int admin = cart.adminAddress().getPort();

            assertThat(get(admin, "/requests", "*/*").body()).isEqualTo("{\"requests\":[]}");

            assertThat(get(admin, "/logging", "*/*").body()).contains("(root) ");
            HttpResponse<String> changed = send(request(admin, "/logging?logger=io.tracery.nobody&level=debug")
                    .POST(nothing()));
            assertThat(changed.body()).contains("io.tracery.nobody debug\n");
            assertThat(send(request(admin, "/logging?logger=io.tracery.nobody&level=")
                                    .POST(nothing()))
                            .body())
                    .doesNotContain("io.tracery.nobody");
            HttpResponse<String> unknown =
                    send(request(admin, "/logging?level=loud").POST(nothing()));
            assertThat(unknown.statusCode()).isEqualTo(400);
            assertThat(unknown.body()).startsWith("loud is no level").contains("debug, trace, off");
            assertThat(send(request(admin, "/logging?level=debug").DELETE()).statusCode())
                    .isEqualTo(405);

            assertThat(get(admin, "/profile/cpu?seconds=0", "*/*").body()).startsWith("seconds is a number from 1 to");
            assertThat(get(admin, "/profile/cpu?seconds=1", "*/*").body()).startsWith("FLR\0");
            assertThat(get(admin, "/profile/heap", "*/*").body()).startsWith("JAVA PROFILE 1.0.2\0");
        }
    }

    @Test
    void showsWhatPortsOfUndeclaredProtocolSpeak() throws Exception {
        List<Metric> metrics = new CopyOnWriteArrayList<>();
        HttpServer endpoint = endpoint(new CopyOnWriteArrayList<>(), metrics);
        String telemetry = "telemetry: {otlp: \"http://127.0.0.1:%d\"}"
                .formatted(endpoint.getAddress().getPort());
        try (ProxyApp front = started(
                Bootstraps.undeclared(authority, application.getAddress().getPort())
                        .replace("drain_timeout:", telemetry + "\n      drain_timeout:"))) {
            int admin = front.adminAddress().getPort();
            assertThat(get(admin, "/protocols", "*/*").body()).isEqualTo("{\"protocols\":[]}");

            assertThat(get(port(front, "outbound/cart.shop/80"), "/", "*/*").statusCode())
                    .isEqualTo(200);

            assertThat(get(admin, "/protocols", "*/*").body())
                    .isEqualTo("{\"protocols\":[{\"listener\":\"outbound/cart.shop/80\",\"latest\":\"http_1\","
                            + "\"connections\":{\"http_1\":1},\"declare\":\"http\"}]}");
            await().atMost(SOON).until(() -> metrics.stream().anyMatch(ProxyAppTest::isOfDetection));
            Metric told = metrics.stream()
                    .filter(ProxyAppTest::isOfDetection)
                    .findFirst()
                    .orElseThrow();
            assertThat(told.getSum().getDataPointsList()).singleElement().satisfies(point -> {
                assertThat(point.getAsInt()).isEqualTo(1);
                assertThat(point.getAttributesList())
                        .extracting(attribute ->
                                attribute.getKey() + "=" + attribute.getValue().getStringValue())
                        .containsExactlyInAnyOrder("tracery.listener=outbound/cart.shop/80", "tracery.detected=http_1");
            });
        } finally {
            endpoint.stop(0);
        }
    }

    private static boolean isOfDetection(Metric metric) {
        return metric.getName().equals("tracery.proxy.detection.connections");
    }

    private static HttpRequest.BodyPublisher nothing() {
        return HttpRequest.BodyPublishers.noBody();
    }

    private static ProxyApp begun(String bootstrap) throws Exception {
        ProxyApp proxy = ProxyApp.build(
                BootstrapReader.read("test", bootstrap), new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        proxy.start();
        return proxy;
    }

    private static ProxyApp started(String bootstrap) throws Exception {
        ProxyApp proxy = begun(bootstrap);
        await().atMost(SOON).untilAsserted(() -> assertThat(proxy.missing()).isEmpty());
        return proxy;
    }

    private static int port(ProxyApp proxy, String listener) {
        return Objects.requireNonNull(proxy.listeners().get(listener)).getPort();
    }

    private HttpResponse<String> get(int port, String path, String accept) throws Exception {
        return send(request(port, path).header("accept", accept));
    }

    private static HttpRequest.Builder request(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(20));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.ofString());
    }
}
