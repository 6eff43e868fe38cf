package io.tracery.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tracery.proxy.exchange.Attempt;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.Direction;
import io.tracery.tracing.span.Fate;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class InFlightTest {

    private static final long SEED = 23;

    private final SeriesBudget budget = new SeriesBudget(Limits.DEFAULT);
    private final SeriesTable table = new SeriesTable(budget, Limits.DEFAULT);
    private final InFlight inFlight = new InFlight(table);

    @Test
    void anOpenConnectionShowsItsBytesWhileItIsOpen() {
        Exchange exchange = tcp();
        inFlight.add(exchange);
        Attempt attempt = Exchanges.attempt(exchange, Exchanges.FIRST, 1, Exchanges.START);
        inFlight.countProgress();
        assertThat(started()).as("it may still go elsewhere").isZero();

        attempt.connected(Exchanges.START + 5, false);
        exchange.received(10);
        inFlight.countProgress();
        exchange.received(1);
        exchange.sent(3);
        inFlight.countProgress();
        assertThat(totals()).singleElement().satisfies(totals -> {
            assertThat(totals.started()).isEqualTo(1);
            assertThat(totals.received()).isEqualTo(11);
            assertThat(totals.sent()).isEqualTo(3);
        });

        exchange.sent(4);
        exchange.end(Fate.SERVED, 1_000);
        SeriesGroup group = inFlight.end(exchange);
        Totals totals = group.copy();
        assertThat(totals.started()).isEqualTo(1);
        assertThat(totals.received()).isEqualTo(11);
        assertThat(totals.sent()).isEqualTo(7);
        assertThat(inFlight.size()).isZero();
    }

    @Test
    void anExchangeCountsAsStartedOnceItsPeerCanNoLongerChange() {
        Exchange exchange = Exchanges.outbound("shop/cart/0");
        inFlight.add(exchange);
        Exchanges.attempt(exchange, Exchanges.FIRST, 1, Exchanges.START);
        inFlight.countProgress();
        assertThat(started()).as("a retry may still go elsewhere").isZero();

        exchange.status(200);
        inFlight.countProgress();
        inFlight.countProgress();
        assertThat(started()).isEqualTo(1);
    }

    @Test
    void ofAPathThatIsAlwaysAnsweredSlowlyTheTemplateIsLearnedToo() {
        Exchange first = inbound("/reports/7");
        inFlight.add(first);
        inFlight.countProgress();
        answered(first, 200);
        assertThat(first.pathTemplate()).as("as its span has it").isEqualTo("/reports/{id}");

        Exchange second = inbound("/reports/8");
        inFlight.add(second);
        inFlight.countProgress();
        assertThat(second.pathTemplate()).as("known before it is answered").isEqualTo("/reports/{id}");
        answered(second, 200);

        assertThat(totals())
                .extracting(totals -> totals.labels().template(), Totals::started)
                .containsExactly(tuple("", 1L), tuple("/reports/{id}", 1L));
    }

    @Test
    void ofASlowPathThatNobodyAnswersNothingIsLearned() {
        Exchange exchange = inbound("/reports/7");
        inFlight.add(exchange);
        inFlight.countProgress();
        answered(exchange, 404);
        assertThat(exchange.pathTemplate()).isEmpty();
    }

    private static Exchange inbound(String path) {
        Exchange exchange =
                new Exchange(Direction.INBOUND, "inbound/1", Protocol.HTTP1, Exchanges.EPOCH, Exchanges.START);
        exchange.request(Protocol.HTTP1, "GET", path, "reports.shop", "http");
        return exchange;
    }

    private void answered(Exchange exchange, int status) {
        exchange.status(status);
        exchange.end(Fate.SERVED, 1_000);
        inFlight.end(exchange);
    }

    @Test
    void anExchangeThatWasNeverAnnouncedIsCountedAtItsEnd() {
        SeriesGroup group = inFlight.end(Exchanges.served());

        assertThat(group.copy().started()).isEqualTo(1);
        assertThat(group.copy().received()).isEqualTo(5);
    }

    @Test
    void noExchangeIsLostOrCountedTwiceInAnyOrderOfEvents() {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Exchange> open = new ArrayList<>();
        long begun = 0;
        long bytes = 0;
        for (int step = 0; step < 50_000; step++) {
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    // Equal start times make long runs in the table.
                    Exchange exchange = new Exchange(
                            Direction.INBOUND, "inbound/1", Protocol.HTTP1, Exchanges.EPOCH, random.nextInt(8));
                    open.add(exchange);
                    inFlight.add(exchange);
                    begun++;
                }
                case 2, 3 -> {
                    if (!open.isEmpty()) {
                        Exchange exchange = open.remove(random.nextInt(open.size()));
                        exchange.end(Fate.SERVED, 100);
                        inFlight.end(exchange);
                    }
                }
                default -> {
                    if (!open.isEmpty()) {
                        open.get(random.nextInt(open.size())).received(step);
                        bytes += step;
                    }
                    if (step % 7 == 0) {
                        inFlight.countProgress();
                    }
                }
            }
            assertThat(inFlight.size()).as("step %d of seed %d", step, SEED).isEqualTo(open.size());
        }
        inFlight.countProgress();

        assertThat(started()).isEqualTo(begun);
        assertThat(totals().stream().mapToLong(Totals::received).sum()).isEqualTo(bytes);
    }

    private static Exchange tcp() {
        Exchange exchange = new Exchange(
                Direction.OUTBOUND, "outbound/kv.shop/6379", Protocol.TCP, Exchanges.EPOCH, Exchanges.START);
        exchange.cluster(Exchanges.CLUSTER);
        return exchange;
    }

    private long started() {
        return totals().stream().mapToLong(Totals::started).sum();
    }

    private List<Totals> totals() {
        return table.groups().stream()
                .map(SeriesGroup::copy)
                .filter(totals -> !totals.labels().overflow())
                .toList();
    }
}
