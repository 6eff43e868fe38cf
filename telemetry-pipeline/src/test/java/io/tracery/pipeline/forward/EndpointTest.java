package io.tracery.pipeline.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An endpoint whose answers do not end. */
@Timeout(30)
class EndpointTest {

    private final CountDownLatch ending = new CountDownLatch(1);
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/stalls", this::stall);
        server.createContext("/pours", EndpointTest::pour);
        server.start();
    }

    @AfterEach
    void stop() {
        ending.countDown();
        server.stop(0);
    }

    private void stall(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        exchange.sendResponseHeaders(200, 10);
        exchange.getResponseBody().flush();
        try {
            ending.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        exchange.close();
    }

    private static void pour(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        exchange.sendResponseHeaders(200, 0);
        byte[] much = new byte[64 * 1024];
        try (exchange) {
            while (true) {
                exchange.getResponseBody().write(much);
            }
        }
    }

    @Test
    void anAnswerThatStopsHalfwayIsNotWaitedForForEver() throws InterruptedException {
        assertThat(send("/stalls", Duration.ofMillis(200))).isInstanceOf(Endpoint.Later.class);
    }

    @Test
    void anAnswerThatIsFarTooLargeIsNotReadToItsEnd() throws InterruptedException {
        assertThat(send("/pours", Duration.ofMinutes(1))).isInstanceOf(Endpoint.Later.class);
    }

    private Endpoint.Answer send(String path, Duration patience) throws InterruptedException {
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
        try (Endpoint endpoint = new Endpoint(url, Map.of(), patience)) {
            return endpoint.send(new byte[] {1});
        }
    }

    @ParameterizedTest
    @CsvSource({"Host, collector", "x api key, k", "x-api-key, 'secret\n'"})
    void headersThatCannotBeSentAreRefusedByNameAndNotByValue(String name, String value) {
        assertThatThrownBy(() -> new ForwardSettings(URI.create("http://collector:4318"), Map.of(name, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("forward.headers")
                .hasMessageContaining(name)
                .hasMessageNotContaining("secret");
    }
}
