package io.tracery.topology.views;

import static io.tracery.topology.SettableClock.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.topology.fleet.BalancedEndpoints;
import io.tracery.topology.fleet.ProxyReport;
import io.tracery.topology.fleet.UndeclaredPorts;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UndeclaredTest {

    private static final String KV = "outbound/kv.shop/6379";

    @Test
    void addsUpWhatSidecarsFoundOfAPort() {
        List<ProxyReport> proxies = List.of(
                proxy("shop/cart", START, port(KV, "server_first", 3, 200)),
                proxy("shop/front", START, port(KV, "server_first", 2, 300)));

        assertThat(Undeclared.all(proxies, START)).singleElement().satisfies(one -> {
            assertThat(one.service()).isEqualTo("shop/kv");
            assertThat(one.port()).isEqualTo(6379);
            assertThat(one.connections()).isEqualTo(Map.of("server_first", 5L));
            assertThat(one.sidecars()).isEqualTo(2);
            assertThat(one.waitMillis()).isEqualTo(300);
        });
        assertThat(Undeclared.all(proxies, START + 65_001))
                .as("nobody has spoken for too long")
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            server_first        | tcp  | the server speaks first; with the protocol declared as tcp the first connection need not wait 200 ms: write appProtocol: tcp at port 6379 of the Service shop/kv
            http_1 http_2       | http | it speaks HTTP/1 and HTTP/2; with the protocol declared as http nothing has to be found out: write appProtocol: http at port 6379 of the Service shop/kv
            tls                 | tls  | it speaks TLS of its own; with the protocol declared as tls nothing has to be found out: write appProtocol: tls at port 6379 of the Service shop/kv
            opaque server_first | tcp  | it speaks opaque bytes, and the server speaks first; with the protocol declared as tcp the first connection need not wait 200 ms: write appProtocol: tcp at port 6379 of the Service shop/kv
            http_1 opaque       | -    | it speaks HTTP/1 and opaque bytes; what it is has to be found out for each connection
            """)
    void advises(String spoken, String declare, String advice) {
        UndeclaredPorts.Port[] ports = List.of(spoken.split(" ")).stream()
                .map(one -> port(KV, one, 1, 200))
                .toArray(UndeclaredPorts.Port[]::new);

        assertThat(Undeclared.all(List.of(proxy("shop/cart", START, ports)), START))
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.declare()).isEqualTo(declare);
                    assertThat(one.advice()).isEqualTo(advice);
                });
    }

    @Test
    void belongsToTheServiceAndWhoServesItAndToTheWorkloadsOwnSidecars() {
        ProxyReport cart =
                proxy("shop/cart", START, port(KV, "opaque", 1, 200), port("inbound/21003", "http_1", 1, 200));
        ProxyReport store = proxy("shop/store", START, port("inbound/21009", "opaque", 1, 200));
        List<ProxyReport> proxies = List.of(cart, store);

        assertThat(Undeclared.of("shop/store", proxies, START))
                .extracting(Undeclared::advice)
                .as("shop/store serves the Service kv as cart's balancer sees it, and has a port of its own")
                .containsExactly(
                        "it speaks opaque bytes; with the protocol declared as tcp nothing has to be found out: write"
                                + " appProtocol: tcp at port 6379 of the Service shop/kv",
                        "it speaks opaque bytes; with the protocol declared as tcp nothing has to be found out: write"
                                + " protocol: tcp at the inbound port 21009 of the Sidecars of shop/store");
        assertThat(Undeclared.of("shop/kv", proxies, START)).hasSize(1);
        assertThat(Undeclared.of("shop/cart", proxies, START))
                .extracting(Undeclared::direction)
                .containsExactly("inbound");
        assertThat(Undeclared.of("shop/front", proxies, START)).isEmpty();
    }

    @Test
    void putsFirstWhoseClientsWaitAndLeavesOutWhatIsNoServicesPort() {
        ProxyReport cart = proxy(
                "shop/cart",
                START,
                port("outbound/a.shop/80", "http_1", 1, 200),
                port("my-listener", "http_1", 1, 200),
                port(KV, "server_first", 1, 200));

        assertThat(Undeclared.all(List.of(cart), START))
                .extracting(Undeclared::service)
                .containsExactly("shop/kv", "shop/a");
    }

    private static UndeclaredPorts.Port port(String listener, String spoken, long connections, long waitMillis) {
        return new UndeclaredPorts.Port(listener, Map.of(spoken, connections), waitMillis);
    }

    /** All of them see that shop/store serves the Service kv. */
    private static ProxyReport proxy(String node, long time, UndeclaredPorts.Port... ports) {
        return new ProxyReport(
                "sidecar~" + node + "-1",
                node,
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
                new BalancedEndpoints(
                        time,
                        List.of(new BalancedEndpoints.Endpoint("shop/store", "v1", KV, "10.0.0.9:6379", 0.001, 0, "")),
                        0),
                new UndeclaredPorts(time, List.of(ports), 0));
    }
}
