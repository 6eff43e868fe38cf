package io.tracery.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.tracery.controlplane.api.tap.Filter;
import io.tracery.proxy.exchange.Attempt;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.tracing.otlp.AttributeSet;
import io.tracery.tracing.otlp.Scope;
import io.tracery.tracing.otlp.TracesEncoder;
import io.tracery.tracing.span.Fate;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Any filter that somebody may send: refused with words, or it finds what a look at each exchange as a page shows it finds. Seeded. */
class TapFilterFuzzTest {

    private static final long SEED = Long.getLong("seed", 20_261_128);
    private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 5_000);
    private static final int ALL = 100;

    /** What the exchanges below say of themselves, and much that they do not. */
    private static final List<String> TEXTS = List.of(
            "outbound",
            "inbound",
            "served",
            "!served",
            "deadline",
            "!",
            "200",
            "504",
            "2xx",
            "5xx",
            "xx",
            "UNAVAILABLE",
            "GET",
            "POST",
            "/",
            "/items/7",
            "cart",
            "shop/cart",
            "/cart",
            Exchanges.CART_IDENTITY,
            "shop/cart/0",
            "b",
            "x-user",
            "x-user:42",
            "x-user: 42 ",
            "x-user:",
            "x-else",
            ":",
            Exchanges.TRACE.traceIdHex(),
            "0".repeat(32));

    private final TracesEncoder traces = new TracesEncoder(AttributeSet.EMPTY, new Scope("test", ""));
    private final SpanEncoder encoder = new SpanEncoder(traces, List.of("x-user"), new SplittableRandom(1));
    private final RecentSpans recent = new RecentSpans(64 * 1024, 8, System.nanoTime());
    private final Tap tap = new Tap(recent, List.of("x-user"));

    @Test
    void findsWhatALookAtEachExchangeFindsOrSaysWhatIsWrong() throws Exception {
        remember();
        List<JsonNode> all = look(Filter.getDefaultInstance());
        assertThat(all).hasSize(3);
        SplittableRandom random = new SplittableRandom(SEED);
        int refused = 0;
        int found = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Filter filter = filter(random);
            String about = "seed %d, round %d: %s".formatted(SEED, round, filter);
            try {
                List<JsonNode> actual = look(filter);
                List<JsonNode> expected =
                        all.stream().filter(one -> matches(one, filter)).toList();
                found += actual.size();
                if (filter.getPercent() % ALL == 0) {
                    assertThat(actual).as(about).isEqualTo(expected);
                } else {
                    // Which traces are in a sample is for the filter to say; they are the same trace here.
                    assertThat(actual).as(about).isIn(List.of(), expected);
                }
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).as(about).isNotBlank();
                refused++;
            } catch (RuntimeException e) {
                throw new AssertionError(about, e);
            }
        }
        assertThat(refused).as("refused").isBetween(ROUNDS / 10, ROUNDS - ROUNDS / 10);
        assertThat(found).as("found").isGreaterThan(ROUNDS / 20);
    }

    /** One or two fields set, mostly to what such a field may hold. */
    private static Filter filter(SplittableRandom random) {
        Filter.Builder filter = Filter.newBuilder();
        List<FieldDescriptor> fields = filter.getDescriptorForType().getFields();
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            FieldDescriptor field = fields.get(random.nextInt(fields.size()));
            filter.setField(
                    field,
                    switch (field.getJavaType()) {
                        case STRING -> text(random);
                        case BOOLEAN -> random.nextBoolean();
                        case DOUBLE ->
                            List.of(0.0, -0.0, 1.0, 2.0, 2.5, -1.0, Double.NaN, Double.MAX_VALUE)
                                    .get(random.nextInt(8));
                        default -> random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(ALL + 1);
                    });
        }
        return filter.build();
    }

    private static String text(SplittableRandom random) {
        StringBuilder text = new StringBuilder(TEXTS.get(random.nextInt(TEXTS.size())));
        while (random.nextInt(6) == 0) {
            text.insert(random.nextInt(text.length() + 1), (char) random.nextInt(0x180));
        }
        return text.toString();
    }

    private static boolean matches(JsonNode exchange, Filter filter) {
        String status = filter.getStatus();
        String code = exchange.path("http.response.status_code").asText();
        String peer = filter.getPeer();
        String name = exchange.path("service.peer.name").asText();
        String[] header = filter.getHeader().split(":", 2);
        JsonNode recorded = exchange.path("http.request.header." + header[0]).path(0);
        String value = header.length == 2 ? header[1].strip() : "";
        return (filter.getDirection().isEmpty()
                        || filter.getDirection()
                                .equals(exchange.path("direction").asText()))
                && fate(exchange.path("tracery.fate").asText(), filter.getFate())
                && (status.isEmpty() || status.equals(code) || status.equals(code.charAt(0) + "xx"))
                && says(exchange, "http.request.method", filter.getMethod())
                && exchange.path("url.path").asText().startsWith(filter.getPath())
                && (peer.isEmpty()
                        || peer.equals(name)
                        || peer.equals(exchange.path("service.peer.namespace").asText() + "/" + name)
                        || peer.equals(exchange.path("tracery.peer.identity").asText()))
                && says(exchange, "tracery.route", filter.getRoute())
                && (header[0].isEmpty()
                        || (value.isEmpty() ? !recorded.isMissingNode() : value.equals(recorded.textValue())))
                && exchange.path("duration_ms").asDouble() >= filter.getLeastMillis()
                && (!filter.hasRetried()
                        || filter.getRetried()
                                == (exchange.path("tracery.attempts").asInt(1) > 1))
                && says(exchange, "trace_id", filter.getTrace());
    }

    private static boolean fate(String fate, String asked) {
        return asked.isEmpty() || (asked.startsWith("!") != fate.equals(asked.replaceFirst("^!", "")));
    }

    private static boolean says(JsonNode exchange, String field, String asked) {
        return asked.isEmpty() || asked.equals(exchange.path(field).textValue());
    }

    private void remember() {
        end(Exchanges.served("shop/cart/0", 2_000_000), "42");
        end(Exchanges.served("b", 1_000_000), null);
        Exchange late = Exchanges.outbound("shop/cart/0");
        for (Fate fate : List.of(Fate.CONNECT_REFUSED, Fate.DEADLINE)) {
            Attempt attempt = Exchanges.attempt(late, Exchanges.SECOND, Exchanges.TRACE.spanId(), Exchanges.START);
            attempt.ended(Exchanges.START + 5_000_000, fate, 0);
        }
        late.status(504);
        late.end(Fate.DEADLINE, Exchanges.START + 5_000_000);
        end(late, null);
    }

    private void end(Exchange exchange, @Nullable String user) {
        if (user != null) {
            exchange.recordHeaders(new String[] {user});
        }
        int mark = traces.mark();
        encoder.encode(exchange);
        recent.add(traces, mark);
    }

    private List<JsonNode> look(Filter filter) throws Exception {
        List<JsonNode> exchanges = new ArrayList<>();
        new ObjectMapper()
                .readTree(tap.look(new TapFilter(filter), 0, 10, 0))
                .path("exchanges")
                .forEach(exchanges::add);
        return exchanges;
    }
}
