package io.tracery.cli.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
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
               "tags": [{"key": "error", "value": true}], "logs": []}]}]}
            """;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private HttpServer search;

    @BeforeEach
    void start() throws IOException {
        search = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        search.createContext("/api/traces/", exchange -> {
            boolean found = exchange.getRequestURI().getPath().endsWith(ID);
            byte[] body = (found ? TRACE : "{}").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(found ? 200 : 404, body.length);
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
    void saysWhatIsWrong() {
        assertThat(explain("abc")).isEqualTo(1);
        assertThat(err.toString()).startsWith("trace abc is not there");
        assertThat(explain("No-Id")).isEqualTo(2);
        assertThat(err.toString()).contains("No-Id is no trace id");
        assertThat(explain(ID, "-o", "xml")).isEqualTo(2);
        search.stop(0);
        assertThat(explain(ID)).isEqualTo(1);
        assertThat(err.toString()).contains("trace search does not answer at http://127.0.0.1:");
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
