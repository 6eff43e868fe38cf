package io.tracery.cli.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ExplainCommandTest {

    private static final String ID = "0af7651916cd43dd8448eb211c80319c";

    private static final String TRACE = """
            {"data": [{"traceID": "0af7651916cd43dd8448eb211c80319c", "processes": {
              "p1": {"serviceName": "front", "tags": [{"key": "tracery.keep.reason", "value": "intervened"}]},
              "p2": {"serviceName": "cart", "tags": []}}, "spans": [
              {"spanID": "b", "operationName": "GET /items", "processID": "p2", "startTime": 1700000000002000, "duration": 1500,
               "references": [{"refType": "CHILD_OF", "traceID": "0af7651916cd43dd8448eb211c80319c", "spanID": "a"}],
               "tags": [{"key": "span.kind", "value": "server"}, {"key": "tracery.fate", "value": "served"},
                        {"key": "tracery.route", "value": "default"},
                        {"key": "http.response.status_code", "value": 200}], "logs": []},
              {"spanID": "a", "operationName": "GET /items", "processID": "p1", "startTime": 1700000000000000, "duration": 4200,
               "references": [],
               "tags": [{"key": "span.kind", "value": "client"}, {"key": "tracery.fate", "value": "served"},
                        {"key": "http.response.status_code", "value": 200}, {"key": "tracery.attempts", "value": 2},
                        {"key": "tracery.tls", "value": "mtls"},
                        {"key": "tracery.route", "value": "cart-split"},
                        {"key": "tracery.cluster", "value": "outbound/cart.shop/80"},
                        {"key": "tracery.peer.identity", "value": "spiffe://tracery.local/ns/shop/sa/cart"}], "logs": [
                 {"fields": [{"key": "event", "value": "tracery.pick"}, {"key": "tracery.attempt", "value": 1},
                             {"key": "tracery.pick.endpoint", "value": "127.0.0.1:21001"},
                             {"key": "tracery.pick.cost_ms", "value": 1.24}, {"key": "tracery.pick.other", "value": "127.0.0.1:21002"},
                             {"key": "tracery.pick.other_cost_ms", "value": 3.1}, {"key": "tracery.pick.reason", "value": "cost"}]},
                 {"fields": [{"key": "event", "value": "tracery.retry"}, {"key": "tracery.attempt", "value": 1},
                             {"key": "tracery.retry.decision", "value": "retried"},
                             {"key": "tracery.retry.reason", "value": "connect_refused"}]},
                 {"fields": [{"key": "event", "value": "tracery.pick"}, {"key": "tracery.attempt", "value": 2},
                             {"key": "tracery.pick.endpoint", "value": "127.0.0.1:21002"},
                             {"key": "tracery.pick.reason", "value": "turn"}, {"key": "tracery.pick.left_out", "value": 1}]}]},
              {"spanID": "c", "operationName": "circle", "processID": "p2", "startTime": 1700000000001000, "duration": 10,
               "references": [{"refType": "CHILD_OF", "traceID": "0af7651916cd43dd8448eb211c80319c", "spanID": "c"}],
               "tags": [{"key": "error", "value": true}], "logs": []}], "warnings": ["1 of its spans begin before their parents: clocks differ"]}]}
            """;

    private static final String ANALYSIS = """
            {"operations": [
              {"service": "front", "operation": "GET /items", "criticalTime": 1700},
              {"service": "cart", "operation": "GET /items", "criticalTime": 1500},
              {"service": "front", "operation": "GET /", "criticalTime": 1000},
              {"service": "kv", "operation": "tcp kv", "criticalTime": 0}]}
            """;

    private static final String COMPARISON = """
            {"a": {"traceId": "a1", "duration": 4200, "spans": 3, "errors": 0},
             "b": {"traceId": "b2", "duration": 9200, "spans": 2, "errors": 1}, "nodes": [
              {"service": "front", "operation": "GET /items", "kind": "client", "parent": -1, "depth": 0, "change": "changed",
               "a": {"spans": 1, "errors": 0, "duration": 4200, "criticalTime": 2700},
               "b": {"spans": 2, "errors": 1, "duration": 9200, "criticalTime": 9200}},
              {"service": "cart", "operation": "GET /items", "kind": "server", "parent": 0, "depth": 1, "change": "left",
               "a": {"spans": 1, "errors": 0, "duration": 1500, "criticalTime": 1500}, "b": null}]}
            """;

    private final Map<String, String> answers = new ConcurrentHashMap<>(Map.of(
            "/api/traces/" + ID,
            TRACE,
            "/api/traces/" + ID + "/analysis",
            ANALYSIS,
            "/api/traces/compare?a=a1&b=b2",
            COMPARISON));
    private String unknown = "{\"data\": null, \"errors\": [{\"code\": 404, \"msg\": \"trace not found\"}]}";
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private HttpServer search;

    @BeforeEach
    void start() throws IOException {
        search = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        search.createContext("/api/traces/", exchange -> {
            String answer = answers.get(exchange.getRequestURI().toString());
            byte[] body = (answer == null ? unknown : answer).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer == null ? 404 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        search.start();
    }

    @AfterEach
    void stop() {
        search.stop(0);
    }

    @Test
    void tellsWhoCalledWhomAndWhyWhereSomethingHappened() {
        assertThat(explain(ID)).isZero();
        assertThat(out).hasToString("""
                Trace 0af7651916cd43dd8448eb211c80319c
                2023-11-14 22:13:20.000 UTC  ·  4.20 ms  ·  3 spans in 2 services  ·  kept for: intervened
                Critical path: front 2.70 ms  ·  cart 1.50 ms
                Mind that 1 of its spans begin before their parents: clocks differ.

                front → GET /items    4.20 ms  served 200, 2 attempts
                │    Route cart-split matched and led to cart.shop, port 80.
                │    It went to 127.0.0.1:21001 (cost 1.24 ms) rather than 127.0.0.1:21002 (cost 3.10 ms).
                │    Attempt 1 failed and was retried: connect refused.
                │    Attempt 2 went to 127.0.0.1:21002, whose turn it was. One endpoint was left out for failing.
                │    Mutual TLS with spiffe://tracery.local/ns/shop/sa/cart.
                └─ cart  GET /items   1.50 ms  served 200
                cart  circle          10.0 µs  error
                """);
    }

    @Test
    void tellsWhyForEveryExchangeWhenAsked() {
        assertThat(explain(ID, "--all")).isZero();
        assertThat(out.toString()).contains("        No HTTPRoute matched, so the default route was taken.\n");
    }

    @Test
    void givesTheTraceAsItIs() {
        assertThat(explain(ID, "-o", "json")).isZero();
        assertThat(out.toString()).startsWith("{").contains("\"traceID\" : \"" + ID + "\"");
    }

    @Test
    void laysTwoTracesOverEachOther() {
        assertThat(explain("a1", "b2")).isZero();
        assertThat(out).hasToString("""
                A  a1  4.20 ms  3 spans
                B  b2  9.20 ms  2 spans, 1 failed

                CALL                      A        B     B − A  CRITICAL A  CRITICAL B  AND
                front → GET /items  4.20 ms  9.20 ms  +5.00 ms     2.70 ms     9.20 ms  1 → 2 times, 0 → 1 failed
                  cart  GET /items  1.50 ms        –               1.50 ms           –  only in A
                """);
        assertThat(explain(ID, "b2")).isEqualTo(1);
        assertThat(err.toString()).startsWith("trace b2 is not there");
    }

    @Test
    void endsACircleOfCallsWithinIt() {
        answers.put("/api/traces/" + ID, trace(span("a", "b"), span("b", "a"), span("c", "b")));
        assertThat(explain(ID)).isZero();
        assertThat(out.toString()).contains("""
                front  a         1.00 µs  ok
                └─ front  b      1.00 µs  ok
                   └─ front  c   1.00 µs  ok
                """);
    }

    @Test
    void showsCallsAsDeepAsATraceMayHaveSpans() {
        int spans = 20_000;
        answers.put(
                "/api/traces/" + ID,
                trace(IntStream.range(0, spans)
                        .mapToObj(i -> span("s" + i, i == 0 ? "none" : "s" + (i - 1)))
                        .toArray(String[]::new)));
        assertThat(explain(ID)).isZero();
        assertThat(out.toString().lines().filter(line -> line.contains("front  s")))
                .hasSize(spans);
        assertThat(out.toString().lines().mapToInt(String::length)).allMatch(width -> width < 200);
    }

    @Test
    void letsNoNameOfASpanMoveTheCursor() {
        answers.put("/api/traces/" + ID, trace(span("\\u001b[2Jwiped\\r\\n", "none")));
        assertThat(explain(ID)).isZero();
        assertThat(out.toString()).contains("front  \ufffd[2Jwiped\ufffd\ufffd").doesNotContain("\u001b");
    }

    @Test
    void needsNoAnalysis() {
        answers.remove("/api/traces/" + ID + "/analysis");
        unknown = "404 page not found";
        assertThat(explain(ID)).isZero();
        assertThat(out.toString()).contains("front → GET /items").doesNotContain("Critical path");
    }

    @Test
    void saysWhatIsWrong() {
        assertThat(explain("abc")).isEqualTo(1);
        assertThat(err.toString())
                .startsWith("trace abc is not there")
                .contains("./tracery traces --raw --since 30m --limit 1000 --trace abc");
        assertThat(explain("No-Id")).isEqualTo(2);
        assertThat(err.toString()).contains("No-Id is no trace id");
        assertThat(explain(ID, "-o", "xml")).isEqualTo(2);
        unknown = "{\"error\": {\"status\": 404, \"message\": \"there is no GET /api/traces/abc\"}}";
        assertThat(explain("abc")).isEqualTo(1);
        assertThat(err.toString()).contains(" answered 404, but not as trace search does");
        search.stop(0);
        assertThat(explain(ID)).isEqualTo(1);
        assertThat(err.toString())
                .containsPattern("trace search does not answer at http://127.0.0.1:\\d+ \\(no connection\\)");
        err.getBuffer().setLength(0);
        assertThat(new CommandLine(new ExplainCommand())
                        .setErr(new PrintWriter(err, true))
                        .execute(ID, "--search", "localhost:16686"))
                .isEqualTo(1);
        assertThat(err.toString()).startsWith("trace search does not answer at localhost:16686 (no http:// address: ");
    }

    private static String trace(String... spans) {
        return "{\"data\": [{\"traceID\": \"" + ID
                + "\", \"processes\": {\"p1\": {\"serviceName\": \"front\"}}, \"spans\": [" + String.join(",", spans)
                + "]}]}";
    }

    private static String span(String id, String parent) {
        return """
                {"spanID": "%s", "operationName": "%1$s", "processID": "p1", "startTime": 1700000000000000, "duration": 1,
                 "references": [{"refType": "CHILD_OF", "traceID": "%s", "spanID": "%s"}],
                 "tags": [{"key": "http.response.status_code", "value": "ok"}], "logs": []}""".formatted(id, ID, parent);
    }

    private int explain(String... args) {
        String[] all = new String[args.length + 2];
        System.arraycopy(args, 0, all, 0, args.length);
        all[args.length] = "--search";
        all[args.length + 1] = "http://127.0.0.1:" + search.getAddress().getPort();
        return new CommandLine(new ExplainCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err, true))
                .execute(all);
    }
}
