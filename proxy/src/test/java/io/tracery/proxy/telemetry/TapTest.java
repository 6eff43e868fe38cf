package io.tracery.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tracery.controlplane.api.tap.Filter;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.tracing.otlp.AttributeSet;
import io.tracery.tracing.otlp.Scope;
import io.tracery.tracing.otlp.TracesEncoder;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TapTest {

    private static final TapFilter ALL = filter("", "", 0, null, 100);

    private final TracesEncoder traces = new TracesEncoder(AttributeSet.EMPTY, new Scope("test", ""));
    private final SpanEncoder encoder = new SpanEncoder(traces, List.of("x-user"), new SplittableRandom(1));
    private final RecentSpans recent = new RecentSpans(64 * 1024, 4, System.nanoTime());
    private final Tap tap = new Tap(recent, List.of("x-user"));

    @Test
    void tellsAllThatTheSpansSay() throws Exception {
        end(Exchanges.served("shop/cart/0", 2_000_000));
        JsonNode answer = look(ALL, 0);
        assertThat(answer.path("next").asLong()).isEqualTo(1);
        assertThat(answer.path("missed").asLong()).isZero();
        JsonNode exchange = answer.path("exchanges").path(0);
        assertThat(exchange.path("name").asText()).isEqualTo("GET");
        assertThat(exchange.path("duration_ms").asDouble()).isEqualTo(2.000128);
        assertThat(exchange.path("trace_id").asText()).hasSize(32);
        assertThat(exchange.path("url.path").asText()).isEqualTo("/items/7");
        assertThat(exchange.path("http.response.status_code").asInt()).isEqualTo(200);
        assertThat(exchange.path("events").findValuesAsText("name")).contains("tracery.pick");
        assertThat(exchange.has("attempts")).isFalse();
    }

    @Test
    void goesOnWhereItLeftOffAndCountsWhatItMissed() throws Exception {
        end(Exchanges.served("a", 1));
        assertThat(look(ALL, 1).path("exchanges")).isEmpty();
        for (int i = 0; i < 6; i++) {
            end(Exchanges.served("b" + i, 1));
        }
        JsonNode answer = look(ALL, 1);
        // Four are remembered; two of six came and went.
        assertThat(answer.path("missed").asLong()).isEqualTo(2);
        assertThat(answer.path("next").asLong()).isEqualTo(7);
        assertThat(answer.path("exchanges").findValuesAsText("tracery.route")).containsExactly("b2", "b3", "b4", "b5");
        assertThat(parsed(tap.look(ALL, 5, 1, 0)).path("missed").asLong()).isEqualTo(1);
    }

    @Test
    void waitsForOneThatMatches() throws Exception {
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                answer.complete(parsed(tap.look(filter("", "", 5, null, 100), 0, 10, 20_000)));
            } catch (Exception e) {
                answer.completeExceptionally(e);
            }
        });
        end(Exchanges.served("fast", 1_000_000));
        end(Exchanges.served("slow", 5_000_000));
        assertThat(answer.get().path("exchanges").findValuesAsText("tracery.route"))
                .containsExactly("slow");
    }

    @Test
    void filters() throws Exception {
        end(Exchanges.served("shop/cart/0", 2_000_000));
        assertThat(matches(filter("served", "2xx", 2, false, 100))).isTrue();
        assertThat(matches(filter("", "200", 0, null, 100))).isTrue();
        assertThat(matches(filter("!served", "", 0, null, 100))).isFalse();
        assertThat(matches(filter("", "5xx", 0, null, 100))).isFalse();
        assertThat(matches(filter("", "", 3, null, 100))).isFalse();
        assertThat(matches(filter("", "", 0, true, 100))).isFalse();
        assertThat(matches(of("outbound", "GET", "/items", "cart", "shop/cart/0")))
                .isTrue();
        assertThat(matches(of("", "", "", Exchanges.CART_IDENTITY, ""))).isTrue();
        assertThat(matches(of("", "", "", "shop/cart", ""))).isTrue();
        assertThat(matches(of("", "", "", "else/cart", ""))).isFalse();
        assertThat(matches(of("inbound", "", "", "", ""))).isFalse();
        assertThat(matches(of("", "POST", "", "", ""))).isFalse();
        assertThat(matches(of("", "", "/else", "", ""))).isFalse();
        assertThat(matches(of("", "", "", "front", ""))).isFalse();
        assertThat(matches(of("", "", "", "", "shop/cart/1"))).isFalse();
        assertThatThrownBy(() -> filter("", "6xx", 0, null, 100))
                .hasMessage("status is for example 503, 5xx or UNAVAILABLE, not 6xx");
        assertThatThrownBy(() -> of("up", "", "", "", "")).hasMessage("direction is inbound or outbound, not up");
    }

    @Test
    void findsByHeadersThatAreRecorded() throws Exception {
        Exchange exchange = Exchanges.served("shop/cart/0", 1);
        exchange.recordHeaders(new String[] {"42"});
        end(exchange);
        assertThat(matches(header("x-user"))).isTrue();
        assertThat(matches(header("x-user: 42"))).isTrue();
        assertThat(matches(header("x-user:43"))).isFalse();
        assertThat(matches(header("x-else"))).isFalse();
        assertThat(look(ALL, 0)
                        .path("exchanges")
                        .path(0)
                        .path("http.request.header.x-user")
                        .toString())
                .isEqualTo("[\"42\"]");
        assertThatThrownBy(() -> header("no header")).hasMessageStartingWith("header is name or name:value");
    }

    private static TapFilter header(String header) {
        return new TapFilter(Filter.newBuilder().setHeader(header).build());
    }

    private boolean matches(TapFilter filter) throws Exception {
        return look(filter, 0).path("exchanges").size() == 1;
    }

    private static TapFilter filter(String fate, String status, double millis, @Nullable Boolean retried, int percent) {
        Filter.Builder filter = Filter.newBuilder()
                .setFate(fate)
                .setStatus(status)
                .setLeastMillis(millis)
                .setPercent(percent);
        if (retried != null) {
            filter.setRetried(retried);
        }
        return new TapFilter(filter.build());
    }

    private static TapFilter of(String direction, String method, String path, String peer, String route) {
        return new TapFilter(Filter.newBuilder()
                .setDirection(direction)
                .setMethod(method)
                .setPath(path)
                .setPeer(peer)
                .setRoute(route)
                .build());
    }

    private JsonNode look(TapFilter filter, long from) throws Exception {
        return parsed(tap.look(filter, from, 10, 0));
    }

    private static JsonNode parsed(String json) throws Exception {
        return new ObjectMapper().readTree(json);
    }

    private void end(Exchange exchange) {
        int mark = traces.mark();
        encoder.encode(exchange);
        recent.add(traces, mark);
    }
}
