package io.tracery.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AdminServerTest {

    @Test
    void tellsLivenessReadinessAndMetrics() throws Exception {
        AtomicBoolean ready = new AtomicBoolean();
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        registry.counter("tracery.test").increment(3);
        Component slow = new Component() {
            @Override
            public String name() {
                return "slow";
            }

            @Override
            public void start() {}

            @Override
            public boolean ready() {
                return ready.get();
            }

            @Override
            public void close() {}
        };
        try (AdminServer admin = new AdminServer(new InetSocketAddress("127.0.0.1", 0), registry, List.of(slow));
                HttpClient client = HttpClient.newHttpClient()) {
            admin.start();

            assertThat(fetch(client, admin, "/live", "*/*").statusCode()).isEqualTo(200);
            HttpResponse<String> waiting = fetch(client, admin, "/ready", "*/*");
            assertThat(waiting.statusCode()).isEqualTo(503);
            assertThat(waiting.body()).isEqualTo("not ready: slow\n");

            ready.set(true);
            assertThat(fetch(client, admin, "/ready", "*/*").statusCode()).isEqualTo(200);
            assertThat(fetch(client, admin, "/metrics", "*/*").body()).contains("tracery_test_total 3.0");
            assertThat(fetch(client, admin, "/metrics?name[]=tracery_test", "*/*")
                            .body())
                    .contains("tracery_test_total 3.0")
                    .doesNotContain("jvm_");
            assertThat(fetch(client, admin, "/metrics", "application/openmetrics-text")
                            .body())
                    .endsWith("# EOF\n");
        }
    }

    @Test
    void namesAPortThatIsTakenAndWhatItIsFor() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                AdminServer admin = new AdminServer(
                        new InetSocketAddress("127.0.0.1", taken.getLocalPort()),
                        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                        List.of())) {
            assertThatThrownBy(admin::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("the admin port 127.0.0.1:" + taken.getLocalPort() + " cannot be opened: ")
                    .hasMessageEndingWith("; free it or configure another");
        }
    }

    private static HttpResponse<String> fetch(HttpClient client, AdminServer admin, String path, String accept)
            throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin.port() + path))
                        .header("accept", accept)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
