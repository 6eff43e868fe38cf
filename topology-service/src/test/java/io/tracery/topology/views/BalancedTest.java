package io.tracery.topology.views;

import static io.tracery.topology.SettableClock.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tracery.topology.fleet.BalancedEndpoints;
import io.tracery.topology.fleet.ProxyReport;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BalancedTest {

    @Test
    void addsUpWhatSendersSayOfAnEndpoint() {
        Balanced balanced = Balanced.of(
                "shop/cart",
                List.of(
                        sender("a", START, 0, cart("10.0.0.7:80", 0.010, 2, ""), cart("10.0.0.8:80", 0.005, 0, "")),
                        sender("b", START, 5, cart("10.0.0.7:80", 0.030, 1, "")),
                        sender("c", START, 0, cart("10.0.0.7:80", 0.900, 0, "consecutive_5xx"))),
                START);

        assertThat(balanced.omitted()).isZero();
        assertThat(balanced.untold()).isEqualTo(5);
        assertThat(balanced.endpoints())
                .extracting(Balanced.Endpoint::endpoint)
                .as("what somebody leaves out comes first")
                .containsExactly("10.0.0.7:80", "10.0.0.8:80");
        Balanced.Endpoint first = balanced.endpoints().getFirst();
        assertThat(first.version()).isEqualTo("v1");
        assertThat(first.senders()).isEqualTo(3);
        assertThat(first.ejectedBy()).isEqualTo(1);
        assertThat(first.inFlight()).isEqualTo(3);
        assertThat(first.cost()).as("ms, of those that use it").isEqualTo(20.0);
        assertThat(first.largestCost()).isEqualTo(900.0);
        assertThat(first.by())
                .extracting(Balanced.Sender::instance, Balanced.Sender::ejected)
                .containsExactly(tuple("c", "consecutive_5xx"), tuple("b", null), tuple("a", null));
    }

    @Test
    void hasNoCostWhereNobodyUsesAnEndpoint() {
        Balanced balanced = Balanced.of(
                "shop/cart", List.of(sender("a", START, 0, cart("10.0.0.7:80", 1.5, 0, "probe_failed"))), START);

        assertThat(balanced.endpoints()).singleElement().satisfies(one -> {
            assertThat(one.cost()).isNull();
            assertThat(one.largestCost()).isEqualTo(1500);
        });
    }

    @Test
    void takesNoSilentSenderAndNoOtherServiceIntoAccount() {
        ProxyReport silent = sender("a", START - 65_001, 0, cart("10.0.0.7:80", 0.01, 0, ""));
        ProxyReport other = sender(
                "b",
                START,
                9,
                new BalancedEndpoints.Endpoint("shop/kv", "", "outbound/kv.shop/6379", "10.0.0.9:6379", 0.001, 0, ""));

        Balanced balanced = Balanced.of("shop/cart", List.of(silent, other), START);

        assertThat(balanced.endpoints()).isEmpty();
        assertThat(balanced.untold()).isZero();
    }

    @Test
    void isBounded() {
        BalancedEndpoints.Endpoint[] many = IntStream.range(0, 130)
                .mapToObj(i -> cart("10.0.0.7:%d".formatted(i), 0.01, 0, ""))
                .toArray(BalancedEndpoints.Endpoint[]::new);
        List<ProxyReport> senders = IntStream.range(0, 30)
                .mapToObj(i -> sender("s" + i, START, 0, many))
                .toList();

        Balanced balanced = Balanced.of("shop/cart", senders, START);

        assertThat(balanced.endpoints()).hasSize(100);
        assertThat(balanced.omitted()).isEqualTo(30);
        assertThat(balanced.endpoints().getFirst().senders()).isEqualTo(30);
        assertThat(balanced.endpoints().getFirst().by()).hasSize(20);
    }

    private static BalancedEndpoints.Endpoint cart(String address, double cost, long inFlight, String ejected) {
        return new BalancedEndpoints.Endpoint(
                "shop/cart", "v1", "outbound/cart.shop/80", address, cost, inFlight, ejected);
    }

    private static ProxyReport sender(
            String instance, long time, long omitted, BalancedEndpoints.Endpoint... endpoints) {
        return new ProxyReport(
                instance,
                "shop/front",
                "v1",
                "",
                START - 60_000,
                START,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                new BalancedEndpoints(time, List.of(endpoints), omitted),
                null);
    }
}
