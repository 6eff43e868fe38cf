package io.tracery.topology.fleet;

import static io.tracery.topology.SettableClock.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.topology.history.MemoryWindows;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PartitionFleetTest {

    private static final BalancedEndpoints BALANCED = new BalancedEndpoints(
            START,
            List.of(new BalancedEndpoints.Endpoint(
                    "shop/kv", "v1", "outbound/kv.shop/6379", "10.0.0.9:6379", 0.0015, 2, "success_rate")),
            7);

    private static final UndeclaredPorts UNDECLARED = new UndeclaredPorts(
            START,
            List.of(new UndeclaredPorts.Port("outbound/kv.shop/6379", Map.of("opaque", 1L, "server_first", 3L), 200)),
            2);

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
    void keepsWhatAProxyLastToldOfItsUndeclaredPorts() {
        fleet.heard(report(START, null, UNDECLARED));
        fleet.heard(report(START + 1000, BALANCED));
        assertThat(fleet.proxies())
                .singleElement()
                .satisfies(proxy -> assertThat(proxy.undeclared()).isEqualTo(UNDECLARED));

        UndeclaredPorts none = new UndeclaredPorts(START + 2000, List.of(), 0);
        fleet.heard(report(START + 2000, null, none));
        assertThat(fleet.proxies())
                .singleElement()
                .satisfies(proxy -> assertThat(proxy.undeclared()).isEqualTo(none));
    }

    @Test
    void storesOfAProxyWhatLasts() {
        fleet.heard(report(START, BALANCED, UNDECLARED));

        assertThat(new PartitionFleet(store, 3_600_000).proxies())
                .singleElement()
                .satisfies(proxy -> {
                    assertThat(proxy.certificateExpires()).isEqualTo(START + 3_600_000);
                    assertThat(proxy.balanced()).isNull();
                    assertThat(proxy.undeclared()).isNull();
                });
    }

    @Test
    void handsAProxyOnWhole() {
        ProxyReport whole = report(START, BALANCED, UNDECLARED);

        for (ProxyReport one :
                List.of(whole, whole.lasting(), report(START, BALANCED), report(START, null, UNDECLARED))) {
            assertThat(FleetCodec.readProxy(FleetCodec.write(one))).isEqualTo(one);
        }
    }

    private static ProxyReport report(long time, @Nullable BalancedEndpoints balanced) {
        return report(time, balanced, null);
    }

    private static ProxyReport report(
            long time, @Nullable BalancedEndpoints balanced, @Nullable UndeclaredPorts undeclared) {
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
                balanced,
                undeclared);
    }
}
