package io.tracery.cli.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class TracesCommandTest {

    private static final String RAW = """
            {"examinedSpans": 1200, "unreadableRecords": 0, "sinceMillis": 1700000000000, "complete": true, "spans": [
              {"traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "00f067aa0ba902b1", "parentSpanId": "", "service": "shop/cart",
               "kind": "server", "name": "GET /items/{id}", "path": "/items/7", "peer": "shop/front", "fate": "app_error", "status": "503",
               "failed": true, "startMicros": 1700000000002000, "durationMicros": 1500}]}
            """;

    private static final String KEPT = """
            {"data": [{"traceID": "0af7651916cd43dd8448eb211c80319c", "processes": {
              "p1": {"serviceName": "cart", "tags": [{"key": "service.namespace", "value": "shop"},
                                                     {"key": "tracery.keep.reason", "value": "error"}]}}, "spans": [
              {"traceID": "0af7651916cd43dd8448eb211c80319c", "spanID": "a", "operationName": "GET /items", "processID": "p1",
               "startTime": 1700000000000000, "duration": 4200,
               "tags": [{"key": "span.kind", "value": "client"}, {"key": "tracery.fate", "value": "served"},
                        {"key": "http.response.status_code", "value": 200}]},
              {"traceID": "0af7651916cd43dd8448eb211c80319c", "spanID": "b", "operationName": "GET /items", "processID": "p1",
               "startTime": 1700000000001000, "duration": 42,
               "tags": [{"key": "span.kind", "value": "server"}, {"key": "tracery.fate", "value": "app_error"},
                        {"key": "http.response.status_code", "value": 503}]}]}]}
            """;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<String> asked = new ArrayList<>();
    private HttpServer server;
    private String raw = RAW;
    private int status = 200;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/raw", exchange -> answer(exchange, raw));
        server.createContext("/api/services", exchange -> answer(exchange, "{\"data\": [\"cart\", \"front\"]}"));
        server.createContext("/api/traces", exchange -> answer(exchange, KEPT));
        server.start();
    }

    private void answer(HttpExchange exchange, String text) throws IOException {
        asked.add(exchange.getRequestURI().toString());
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void findsWhatWasRecordedKeptOrNot() {
        assertThat(traces("--raw", "--service", "shop/cart", "--fate", "!served", "--path", "/items", "--since", "2m"))
                .isZero();
        assertThat(out).hasToString("""
                TIME UTC      TOOK     FATE       STATUS  SERVICE    KIND    PEER        WHAT          TRACE
                22:13:20.002  1.50 ms  app_error  503     shop/cart  server  shop/front  GET /items/7  0af7651916cd43dd8448eb211c80319c
                """);
        assertThat(asked)
                .containsExactly("/api/raw?since=2m&limit=20&service=shop%2Fcart&fate=%21served&path=%2Fitems");
        assertThat(err.toString()).contains("1 of 1200 spans, back to ");
    }

    @Test
    void findsWhatWasKeptByTheSameWords() {
        assertThat(traces("--fate", "!served", "--status", "5xx", "--min-duration", "10us"))
                .isZero();
        assertThat(out).hasToString("""
                TIME UTC      TOOK     FATE       STATUS  SERVICE    KIND    PEER  WHAT        TRACE
                22:13:20.001  42.0 µs  app_error  503     shop/cart  server        GET /items  0af7651916cd43dd8448eb211c80319c
                """);
        assertThat(asked).hasSize(3);
        assertThat(asked.get(1)).startsWith("/api/traces?service=cart&start=").endsWith("&limit=100&minDuration=10us");
    }

    @Test
    void asksForOneTraceByItsId() {
        assertThat(traces("--trace", "0af7651916cd43dd8448eb211c80319c", "-o", "json"))
                .isZero();
        assertThat(asked).containsExactly("/api/traces/0af7651916cd43dd8448eb211c80319c");
        assertThat(out.toString()).startsWith("[").contains("\"kept\" : \"error\"", "\"durationMicros\" : 4200");
    }

    @Test
    void saysWhenNotAllWasLookedThroughAndFailsWhereNothingWasFound() {
        raw = RAW.replace("\"complete\": true", "\"complete\": false")
                .replaceAll("(?s)\"spans\": .*", "\"spans\": []}");
        assertThat(traces("--raw")).isEqualTo(1);
        assertThat(err.toString()).contains("0 of 1200 spans", "not all of that time was looked through");
    }

    @Test
    void saysWhatIsWrong() {
        assertThat(traces("--min-duration", "ten")).isEqualTo(2);
        assertThat(err.toString()).contains("--min-duration is ten; it is a number with");
        assertThat(traces("--limit", "0")).isEqualTo(2);
        assertThat(traces("--trace", "No-Id")).isEqualTo(2);

        status = 400;
        raw = "{\"error\": {\"status\": 400, \"message\": \"limit is 5000; set it to 1..1000\"}}";
        assertThat(traces("--raw")).isEqualTo(1);
        assertThat(err.toString()).contains("refused: 400 limit is 5000");

        server.stop(0);
        assertThat(traces("--raw")).isEqualTo(1);
        assertThat(err.toString()).contains("the pipeline does not answer at http://127.0.0.1:");
    }

    private int traces(String... args) {
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        return new CommandLine(new TracesCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err, true))
                .execute(Stream.concat(Arrays.stream(args), Stream.of("--search", url, "--pipeline", url))
                        .toArray(String[]::new));
    }
}
