package io.tracery.topology.fleet;

import static io.tracery.topology.SettableClock.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.topology.history.MemoryWindows;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PartitionFleetTest {

    private static final BalancedEndpoints BALANCED = new BalancedEndpoints(
            START,
            List.of(new BalancedEndpoints.Endpoint(
                    "shop/kv", "v1", "outbound/kv.shop/6379", "10.0.0.9:6379", 0.0015, 2, "success_rate")),
            7);

    private final MemoryWindows store = new MemoryWindows();
    private final PartitionFleet fleet = new PartitionFleet(store, 3_600_000);

    @Test
    void keepsWhatAProxyLastToldOfItsEndpoints() {
        fleet.heard(report(START, BALANCED));
        fleet.heard(report(START + 1000, null));

        assertThat(fleet.proxies())
                .singleElement()
                .satisfies(proxy -> assertThat(proxy.balanced()).isEqualTo(BALANCED));
        BalancedEndpoints none = new BalancedEndpoints(START + 2000, List.of(), 0);
        fleet.heard(report(START + 2000, none));
        assertThat(fleet.proxies())
                .singleElement()
                .satisfies(proxy -> assertThat(proxy.balanced()).isEqualTo(none));
    }

    @Test
    void storesOfAProxyWhatLasts() {
        fleet.heard(report(START, BALANCED));

        assertThat(new PartitionFleet(store, 3_600_000).proxies())
                .singleElement()
                .satisfies(proxy -> {
                    assertThat(proxy.certificateExpires()).isEqualTo(START + 3_600_000);
                    assertThat(proxy.balanced()).isNull();
                });
    }

    @Test
    void handsAProxyOnWhole() {
        ProxyReport whole = report(START, BALANCED);

        assertThat(FleetCodec.readProxy(FleetCodec.write(whole))).isEqualTo(whole);
        assertThat(FleetCodec.readProxy(FleetCodec.write(whole.lasting()))).isEqualTo(whole.lasting());
    }

    private static ProxyReport report(long time, @Nullable BalancedEndpoints balanced) {
        return new ProxyReport(
                "sidecar~shop/cart-1",
                "shop/cart",
                "v1",
                "",
                START - 60_000,
                time,
                3L,
                START - 50_000,
                START - 60_000,
                START + 3_600_000,
                0L,
                null,
                0L,
                balanced);
    }
}
