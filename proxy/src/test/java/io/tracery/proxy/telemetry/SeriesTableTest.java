package io.tracery.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.Workload;
import io.tracery.tracing.span.Fate;
import org.junit.jupiter.api.Test;

class SeriesTableTest {

    private final Limits limits = new Limits(16, 3, 2, 1024, 1, 1024, 1024, 4);
    private final SeriesBudget budget = new SeriesBudget(limits);
    private final SeriesTable table = new SeriesTable(budget, limits);

    @Test
    void equalLabelsAreOneGroupWhateverObjectsSayThem() {
        SeriesGroup group = table.resolve(Exchanges.served("shop/cart/0", 1));

        assertThat(table.resolve(Exchanges.served(new String("shop/cart/0".toCharArray()), 2)))
                .isSameAs(group);
        assertThat(group.labels())
                .isEqualTo(new SeriesLabels(
                        "outbound",
                        "http",
                        "shop",
                        "cart",
                        "v1",
                        Exchanges.CART_IDENTITY,
                        "mtls",
                        "shop/cart/0",
                        "/items/{id}"));
        assertThat(table.resolve(Exchanges.served("shop/cart/1", 1))).isNotSameAs(group);
    }

    @Test
    void whereNoEndpointWasReachedThePeerIsTheService() {
        Exchange exchange = Exchanges.outbound("shop/cart/0");

        assertThat(table.resolve(exchange).labels())
                .isEqualTo(new SeriesLabels("outbound", "http", "shop", "cart", "", "", "none", "shop/cart/0", ""));
    }

    @Test
    void aCallerOutsideOfTheMeshIsEmptyAndATcpConnectionsRouteIsItsListener() {
        Exchange exchange = new Exchange(Direction.INBOUND, "inbound/6379", Protocol.TCP, Exchanges.EPOCH, 0);
        exchange.cluster(Exchanges.CLUSTER);
        exchange.peer(Workload.UNKNOWN, "", false);

        assertThat(table.resolve(exchange).labels())
                .isEqualTo(new SeriesLabels("inbound", "tcp", "", "", "", "", "none", "inbound/6379", ""));
    }

    @Test
    void groupsBeyondTheBudgetAreCountedTogetherAndThatIsCounted() {
        for (int i = 0; i < 3; i++) {
            assertThat(table.resolve(Exchanges.served("route/" + i, 1)).labels().overflow())
                    .isFalse();
        }
        assertThat(budget.refused()).isZero();
        for (int i = 3; i < 100; i++) {
            assertThat(table.resolve(Exchanges.served("route/" + i, 1)).labels())
                    .isEqualTo(SeriesLabels.OVERFLOW);
        }

        assertThat(budget.refused()).isEqualTo(97);
        assertThat(table.groups()).hasSize(4);
        assertThat(table.resolve(Exchanges.served("route/0", 1)).labels().overflow())
                .as("known ones stay")
                .isFalse();
    }

    @Test
    void templatesOfPathsLeaveRoomForRoutes() {
        Limits eight = new Limits(8, 8, 2, 1024, 2, 1024, 1024, 4);
        SeriesBudget scarce = new SeriesBudget(eight);
        SeriesTable few = new SeriesTable(scarce, eight);
        for (int i = 0; i < 20; i++) {
            Exchange exchange = Exchanges.served("shop/cart/0", 1);
            exchange.request(Protocol.HTTP1, "GET", "/" + (char) ('a' + i), "cart.shop", "http");
            SeriesLabels labels = few.resolve(exchange).labels();
            assertThat(labels.route()).isEqualTo("shop/cart/0");
            assertThat(labels.template()).isEqualTo(i < 6 ? "/" + (char) ('a' + i) : "");
        }
        assertThat(few.resolve(Exchanges.served("shop/cart/1", 1)).labels())
                .satisfies(labels -> assertThat(labels.route()).isEqualTo("shop/cart/1"));
        assertThat(scarce.refused()).isEqualTo(13);
    }

    @Test
    void theTemplateOfAPathIsLearnedFromASwitchOfProtocolsToo() {
        Exchange exchange = Exchanges.outbound("shop/cart/0");
        exchange.status(101);
        assertThat(table.resolve(exchange).labels().template()).isEqualTo("/items/{id}");
    }

    @Test
    void statusesBeyondTheBudgetAreCountedByFateAlone() {
        SeriesGroup group = table.resolve(Exchanges.served());
        for (int status = 200; status < 300; status++) {
            Exchange exchange = Exchanges.outbound("shop/cart/0");
            exchange.status(status);
            exchange.end(Fate.SERVED, 600);
            group.ended(exchange, group.outcome(Fate.SERVED, status, -1, budget));
        }

        Totals totals = group.copy();
        assertThat(totals.outcomes())
                .extracting(Totals.Outcome::id)
                .containsExactly(
                        new Totals.Outcome.Id(Fate.SERVED, 200, -1),
                        new Totals.Outcome.Id(Fate.SERVED, 201, -1),
                        new Totals.Outcome.Id(Fate.SERVED, 0, -1));
        assertThat(totals.outcomes())
                .extracting(outcome -> outcome.durations().count())
                .containsExactly(1L, 1L, 98L);
        assertThat(budget.refused()).isEqualTo(98);
    }

    @Test
    void anUnchangedGroupIsCopiedAsItWasButForTheSlowestWhichIsToldOfOnce() {
        SeriesGroup group = table.resolve(Exchanges.served());
        Exchange exchange = Exchanges.served();
        group.ended(exchange, group.outcome(Fate.SERVED, 200, -1, budget));
        assertThat(group.changed()).isTrue();
        Totals first = group.copy();
        assertThat(group.changed()).isFalse();

        assertThat(group.copy()).isEqualTo(first.withSlowest(id -> null));
        assertThat(first.outcomes().getFirst().slowest()).isNotNull().satisfies(slowest -> {
            assertThat(slowest.trace().traceIdHex()).isEqualTo(Exchanges.TRACE.traceIdHex());
            assertThat(slowest.seconds()).isEqualTo(0.002);
        });
    }
}
