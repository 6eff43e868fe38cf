package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.ExchangeObserver;
import io.tracery.tracing.span.Fate;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Remembers every exchange, and insists that each begins once and ends once. */
final class ExchangeLog implements ExchangeObserver {

    private final Set<Exchange> open = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
    private final List<Exchange> ended = new CopyOnWriteArrayList<>();
    private final List<String> breaches = new CopyOnWriteArrayList<>();
    private final AtomicInteger started = new AtomicInteger();

    @Override
    public void started(Exchange exchange) {
        started.incrementAndGet();
        if (exchange.ended() || !open.add(exchange)) {
            breaches.add("started twice or after its end: " + exchange.path());
        }
    }

    @Override
    public void ended(Exchange exchange) {
        if (exchange.fate() == null || !open.remove(exchange)) {
            breaches.add("ended without a fate or without having started: " + exchange.path());
        }
        ended.add(exchange);
    }

    int started() {
        return started.get();
    }

    int endedSoFar() {
        return ended.size();
    }

    /** Waits for as many exchanges to have ended, and for no more to be open. */
    List<Exchange> ended(int count) {
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            assertThat(ended).hasSize(count);
            assertThat(open).isEmpty();
        });
        return ended;
    }

    Exchange only() {
        return ended(1).getFirst();
    }

    /** The only one of this fate so far. */
    Exchange endedAs(Fate fate) {
        List<Exchange> such =
                ended.stream().filter(exchange -> exchange.fate() == fate).toList();
        assertThat(such).hasSize(1);
        return such.getFirst();
    }

    /** Why there was no place for those that were refused one. */
    List<String> shed() {
        return ended.stream().map(Exchange::shed).filter(why -> !why.isEmpty()).toList();
    }

    Map<Fate, Integer> fates() {
        Map<Fate, Integer> counts = new EnumMap<>(Fate.class);
        ended.forEach(exchange -> counts.merge(exchange.fate(), 1, Integer::sum));
        return counts;
    }

    void assertEveryExchangeHadOneFate() {
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () -> assertThat(open).as("exchanges without a fate").isEmpty());
        assertThat(breaches).isEmpty();
        assertThat(ended).hasSize(started.get());
    }
}
