package io.tracery.topology.stream;

import static io.tracery.topology.SettableClock.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.topology.Call;
import io.tracery.topology.SimulatedProxy;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SeriesSweeperTest {

    private static final String EDGE = "shop/front>shop/cart:http";

    private final TableKit kit = new TableKit();
    private final SimulatedProxy stays = proxy("stays");
    private final SimulatedProxy goes = proxy("goes");

    @Test
    void keepsTheCountsOfProxiesThatAreNoMore() {
        stays.exchanges(Call.to("shop/cart"), 3, 0.01);
        goes.exchanges(Call.to("shop/cart"), 5, 0.01);
        report(goes);
        int before = kit.store.size();
        passReporting(Duration.ofMinutes(62), stays);

        assertThat(kit.requests()).containsEntry(EDGE, 8L);
        assertThat(kit.store.size())
                .as("entries: the sum took the place of its part")
                .isEqualTo(before * 2);
        kit.restart();
        assertThat(kit.requests()).containsEntry(EDGE, 8L);
    }

    @Test
    void addsUpManyProxiesInOneSum() {
        stays.exchanges(Call.to("shop/cart"), 1, 0.01);
        for (int i = 0; i < 100; i++) {
            SimulatedProxy shortLived = proxy("short-" + i);
            shortLived.exchanges(Call.to("shop/cart"), 2, 0.01);
            report(shortLived);
        }
        passReporting(Duration.ofMinutes(62), stays);

        assertThat(kit.store.size()).isEqualTo(4);
        assertThat(kit.requests()).containsEntry(EDGE, 201L);
        kit.restart();
        assertThat(kit.requests()).containsEntry(EDGE, 201L);
    }

    @Test
    void addsUpTheFormerLivesOfAProxySoon() {
        for (int life = 0; life < 20; life++) {
            stays.restart(kit.clock.millis());
            stays.exchanges(Call.to("shop/cart"), 2, 0.01);
            passReporting(Duration.ofSeconds(30), stays);
        }
        passReporting(Duration.ofMinutes(3), stays);

        assertThat(kit.store.size()).isEqualTo(4);
        assertThat(kit.requests()).containsEntry(EDGE, 40L);
    }

    @Test
    void survivesACrashBetweenSumAndDeletion() {
        stays.exchanges(Call.to("shop/cart"), 3, 0.01);
        goes.exchanges(Call.to("shop/cart"), 5, 0.01);
        report(goes);
        passReporting(Duration.ofMinutes(60), stays);
        kit.clock.advance(Duration.ofSeconds(30));
        report(stays);
        kit.store.commitAll();
        kit.sweep();
        int writes = kit.store.uncommittedWrites();
        assertThat(writes)
                .as("writes of the sweep: a sum and a deletion for each of two series")
                .isEqualTo(4);
        kit.store.crash(1);
        kit.restart();

        assertThat(kit.requests()).containsEntry(EDGE, 8L);
        passReporting(Duration.ofMinutes(61), stays);
        assertThat(kit.requests()).containsEntry(EDGE, 8L);
    }

    @Test
    void forgetsAnEdgeThatNothingWasHeardOf() {
        SimulatedProxy other = new SimulatedProxy("shop/front", "v1", "other", START);
        other.exchanges(Call.to("shop/kv"), 1, 0.01);
        goes.exchanges(Call.to("shop/cart"), 5, 0.01);
        report(goes);
        passReporting(Duration.ofMinutes(62), other);

        assertThat(kit.store.size()).isEqualTo(2);
        report(goes);
        assertThat(kit.requests()).as("counted again from the proxy's start").containsEntry(EDGE, 5L);
    }

    @Test
    void doesNotCountTwiceWhatComesBackAfterAll() {
        stays.exchanges(Call.to("shop/cart"), 3, 0.01);
        goes.exchanges(Call.to("shop/cart"), 5, 0.01);
        report(goes);
        passReporting(Duration.ofMinutes(62), stays);
        goes.exchanges(Call.to("shop/cart"), 4, 0.01);
        report(goes);
        assertThat(kit.requests())
                .as("what it counted while it was away is lost")
                .containsEntry(EDGE, 8L);
        kit.clock.advance(Duration.ofSeconds(1));
        goes.exchanges(Call.to("shop/cart"), 2, 0.01);
        report(goes);

        assertThat(kit.requests()).containsEntry(EDGE, 10L);
        kit.restart();
        assertThat(kit.requests()).containsEntry(EDGE, 10L);
        passReporting(Duration.ofMinutes(62), stays);
        assertThat(kit.requests()).containsEntry(EDGE, 10L);
    }

    @Test
    void takesNobodyForGoneAfterAnOutage() {
        stays.exchanges(Call.to("shop/cart"), 3, 0.01);
        goes.exchanges(Call.to("shop/cart"), 5, 0.01);
        report(stays);
        report(goes);
        kit.clock.advance(Duration.ofHours(3));
        report(stays);
        kit.sweep();
        goes.exchanges(Call.to("shop/cart"), 2, 0.01);
        report(goes);

        assertThat(kit.requests()).containsEntry(EDGE, 10L);
    }

    private void report(SimulatedProxy proxy) {
        kit.apply(proxy.reportAll(kit.clock.millis()));
    }

    private void passReporting(Duration duration, SimulatedProxy proxy) {
        for (long passed = 0; passed < duration.toSeconds(); passed += 30) {
            kit.clock.advance(Duration.ofSeconds(30));
            report(proxy);
            kit.sweep();
        }
    }

    private static SimulatedProxy proxy(String instance) {
        return new SimulatedProxy("shop/front", "v1", instance, START - 1000);
    }
}
