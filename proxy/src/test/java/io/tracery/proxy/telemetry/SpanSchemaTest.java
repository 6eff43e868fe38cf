package io.tracery.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.proxy.exchange.Attempt;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Intervention;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.Direction;
import io.tracery.tracing.otlp.AttributeSet;
import io.tracery.tracing.otlp.Scope;
import io.tracery.tracing.otlp.TracesEncoder;
import io.tracery.tracing.span.Fate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The tables of {@code docs/spans.md} are what is written: no name and no type more, none less. */
class SpanSchemaTest {

    private static final Pattern ATTRIBUTE = Pattern.compile("(?m)^\\| `([a-z_.]+)` \\| (string|int|double) \\|");
    private static final Pattern EVENT =
            Pattern.compile("(?m)^\\| `([a-z_.]+)` \\| `([a-z_.]+)` \\| (string|int|double) \\|");

    private final TracesEncoder traces = new TracesEncoder(AttributeSet.EMPTY, new Scope("test", ""));
    private final SpanEncoder encoder = new SpanEncoder(traces, new SplittableRandom(1));
    private final Set<String> written = new TreeSet<>();

    @Test
    void everythingThatIsDocumentedIsWrittenAndNothingElse() throws IOException {
        SplittableRandom random = new SplittableRandom(20261128);
        for (int i = 0; i < 3_000; i++) {
            write(LikenessesTest.exchange(random));
        }
        write(hedgedAndRetried());
        write(refusedAndInjected());
        write(passedThrough());

        assertThat(written).containsExactlyElementsOf(documented());
    }

    private static Set<String> documented() throws IOException {
        String page = Files.readString(Path.of("../docs/spans.md"));
        Set<String> names = new TreeSet<>();
        Matcher attributes = ATTRIBUTE.matcher(page);
        while (attributes.find()) {
            names.add(attributes.group(1) + " " + attributes.group(2));
        }
        Matcher events = EVENT.matcher(page);
        while (events.find()) {
            names.add(events.group(1) + ": " + events.group(2) + " " + events.group(3));
        }
        return names;
    }

    private void write(Exchange exchange) throws IOException {
        encoder.encode(exchange);
        for (Span span : TracesData.parseFrom(traces.finish())
                .getResourceSpans(0)
                .getScopeSpans(0)
                .getSpansList()) {
            note("", span.getAttributesList());
            for (Span.Event event : span.getEventsList()) {
                note(event.getName() + ": ", event.getAttributesList());
            }
        }
    }

    private void note(String prefix, List<KeyValue> attributes) {
        for (KeyValue attribute : attributes) {
            String type = attribute.getValue().getValueCase().name().replace("_VALUE", "");
            written.add(prefix + attribute.getKey() + " " + type.toLowerCase(Locale.ROOT));
        }
    }

    private static Exchange hedgedAndRetried() {
        long start = Exchanges.START;
        Exchange exchange = Exchanges.outbound("shop/cart/0");
        Attempt first = Exchanges.attempt(exchange, Exchanges.FIRST, 0x54, start + 10);
        first.hedged(start + 20, true, "slow");
        first.outrun(start + 90);
        Attempt second = Exchanges.attempt(exchange, Exchanges.SECOND, 0x55, start + 30);
        second.pickedFor("cost", 1);
        second.ended(start + 40, Fate.CONNECT_REFUSED, 0);
        second.retryDecision(true, "connect_refused");
        Attempt third = Exchanges.attempt(exchange, Exchanges.FIRST, 0x56, start + 15_000);
        third.connected(start + 70_000, false);
        third.shaken(60_000);
        third.firstByte(start + 82_000);
        third.ended(start + 95_000, Fate.SERVED, 200);
        exchange.status(200);
        exchange.end(Fate.SERVED, start + 95_000);
        return exchange;
    }

    private static Exchange refusedAndInjected() {
        Exchange exchange = Exchanges.outbound("shop/cart/0");
        exchange.limited("10 per second");
        exchange.shed("as many requests as it may");
        exchange.detected("http_1");
        exchange.intervene(Intervention.DELAY, "a delay of 1 s");
        exchange.end(Fate.RATE_LIMITED, 600);
        return exchange;
    }

    private static Exchange passedThrough() {
        Exchange exchange = new Exchange(Direction.OUTBOUND, "outbound/vault.shop/8200", Protocol.TCP, 1, 0);
        exchange.request(Protocol.TCP, "", "", "vault.example.com", "");
        exchange.end(Fate.NO_ROUTE, 900);
        return exchange;
    }
}
