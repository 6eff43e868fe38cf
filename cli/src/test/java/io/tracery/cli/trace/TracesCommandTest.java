package io.tracery.cli.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
    private String services = "{\"data\": [\"cart\", \"front\"]}";
    private Function<URI, String> kept = uri -> KEPT;
    private int status = 200;
    private int many = 300;
    private long newest;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/raw", exchange -> answer(exchange, raw));
        server.createContext("/api/services", exchange -> answer(exchange, services));
        server.createContext("/api/traces", exchange -> answer(exchange, kept.apply(exchange.getRequestURI())));
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
        assertThat(asked.get(1))
                .startsWith("/api/traces?service=cart&start=")
                .endsWith("&limit=100&tag=error%3Atrue&minDuration=10us");
        assertThat(err.toString()).contains("1, all that were kept and match");
    }

    @Test
    void findsWhatIsRareHoweverMuchElseIsNewer() {
        // A trace a second; the only one that is asked for is older than two pages of others.
        kept = uri -> page(uri, i -> i == 250 ? "/rare" : "/usual");
        assertThat(traces("--service", "cart", "--path", "/rare", "--since", "1h"))
                .isZero();
        assertThat(out.toString().lines()).hasSize(2).last().asString().contains("/rare");
        assertThat(asked).hasSize(1 + 4);
        assertThat(err.toString()).contains("1, all that were kept and match");
    }

    @Test
    void saysWhereTooMuchElseIsNewer() {
        kept = uri -> page(uri, i -> "/usual");
        many = 10_000;
        assertThat(traces("--service", "cart", "--path", "/rare", "--since", "9h"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("0 among the newest 5000 traces that may match");
    }

    @Test
    void endsWhenThereIsEnough() {
        kept = uri -> page(uri, i -> "/usual");
        assertThat(traces("--service", "shop/cart", "--since", "1h")).isZero();
        assertThat(out.toString().lines()).hasSize(1 + 20);
        assertThat(asked).hasSize(2);
        assertThat(err.toString()).contains("the newest 20; there may be more");
    }

    /** Of traces that begin a second apart, newest first, those that began no later than the query's end. */
    private String page(URI uri, IntFunction<String> path) {
        String query = uri.getQuery();
        long end = Long.parseLong(query.replaceAll(".*&end=(\\d+).*", "$1"));
        newest = newest == 0 ? end : newest;
        return IntStream.range(0, many)
                .filter(i -> newest - i * 1_000_000L <= end)
                .limit(100)
                .mapToObj(i -> """
                        {"traceID": "%x", "processes": {"p1": {"serviceName": "cart", "tags": [{"key": "service.namespace", "value": "shop"}]}},
                         "spans": [{"traceID": "%1$x", "spanID": "a", "operationName": "GET", "processID": "p1", "startTime": %d, "duration": 1,
                                    "tags": [{"key": "url.path", "value": "%s"}]}]}""".formatted(i + 1, newest - i * 1_000_000L, path.apply(i)))
                .collect(Collectors.joining(",", "{\"data\": [", "]}"));
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

        status = 200;
        assertThat(traces("--service", "shop/nosuch")).isEqualTo(1);
        assertThat(err.toString())
                .contains("no trace of a service nosuch is kept at http://127.0.0.1:", "; there are cart, front");
        services = "{\"services\": []}";
        assertThat(traces()).isEqualTo(1);
        assertThat(err.toString()).contains(" answered 200, but not as trace search does");

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
