package io.tracery.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.proxy.exchange.Attempt;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Intervention;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.Endpoint;
import io.tracery.proxy.mesh.Workload;
import io.tracery.proxy.route.Route;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.otlp.AttributeSet;
import io.tracery.tracing.otlp.Scope;
import io.tracery.tracing.otlp.Template;
import io.tracery.tracing.otlp.TracesEncoder;
import io.tracery.tracing.span.Fate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LikenessesTest {

    private static final int EXCHANGES = 20_000;
    private static final TraceContext UNSAMPLED = new TraceContext(0x11, 0x22, 0x33, (byte) 0, "");

    private static final List<Route> ROUTES = Collections.nCopies(20, 0).stream()
            .map(any -> Exchanges.route("shop/cart"))
            .toList();

    /** An encoder that remembers writes what one writes that has never seen an exchange before. */
    @Test
    void whatIsRememberedOfOneExchangeIsNeverSaidOfAnother() {
        SplittableRandom random = new SplittableRandom(20261123);
        TracesEncoder remembered = traces();
        SpanEncoder remembering = new SpanEncoder(remembered, new SplittableRandom(1));
        for (int i = 0; i < EXCHANGES; i++) {
            Exchange exchange = exchange(random);
            remembering.encode(exchange);
            TracesEncoder fresh = traces();
            new SpanEncoder(fresh, new SplittableRandom(1)).encode(exchange);
            assertThat(remembered.finish()).as("exchange %d", i).isEqualTo(fresh.finish());
        }
    }

    @Test
    void textsAsLongAsAHeadAreNotKept() {
        Template template = traces().template(0);
        Likenesses likenesses = new Likenesses();
        for (Protocol protocol : Protocol.values()) {
            Exchange usual = Exchanges.outbound(protocol, "shop/cart");
            likenesses.put(usual, (byte) 1, template);
            assertThat(likenesses.of(usual, (byte) 1)).isSameAs(template);
        }

        Exchange host = Exchanges.outbound(Protocol.HTTP2, "shop/cart");
        host.request(Protocol.HTTP2, "GET", "/", "h".repeat(32_000), "http");
        Exchange call = Exchanges.outbound(Protocol.GRPC, "shop/cart");
        call.request(Protocol.GRPC, "POST", "/" + "m".repeat(32_000), "cart", "http");
        for (Exchange exchange : List.of(host, call)) {
            likenesses.put(exchange, (byte) 1, template);
            assertThat(likenesses.of(exchange, (byte) 1)).isNull();
        }
    }

    /** Few values of each kind, so that most exchanges are like an earlier one in all but one of them. */
    static Exchange exchange(SplittableRandom random) {
        Protocol protocol = one(random, Protocol.values());
        Exchange exchange = new Exchange(
                one(random, Direction.values()),
                one(random, "listener", "other"),
                protocol,
                Exchanges.EPOCH + random.nextInt(1000),
                Exchanges.START);
        exchange.request(
                protocol,
                one(random, "GET", "POST", "BREW"),
                one(random, "/a", "/b"),
                one(random, "", "cart", "cart:80", "[::1]:80"),
                one(random, "http", "https"));
        exchange.pathTemplate(one(random, "", "/{id}"));
        exchange.trace(random.nextBoolean() ? Exchanges.TRACE : UNSAMPLED, random.nextInt(2));
        if (random.nextInt(4) > 0) {
            exchange.routed(ROUTES.get(random.nextInt(ROUTES.size())));
        }
        if (random.nextInt(4) > 0) {
            exchange.cluster(one(random, Exchanges.CLUSTER, renamed()));
        }
        Endpoint endpoint = one(random, Exchanges.FIRST, Exchanges.SECOND);
        if (random.nextInt(4) > 0) {
            Attempt attempt = exchange.nextAttempt(Exchanges.TRACE.spanId(), Exchanges.START + 10);
            attempt.picked(
                    endpoint,
                    one(random, 1.5, 2.5, Double.NaN),
                    random.nextInt(3) == 0 ? null : one(random, Exchanges.FIRST, Exchanges.SECOND),
                    one(random, 1.5, Double.NaN));
            attempt.pickedFor(one(random, "", "cost", "turn"), random.nextInt(2));
            attempt.ended(Exchanges.START + 900, Fate.SERVED, 200);
        }
        exchange.peer(
                one(random, Workload.UNKNOWN, Exchanges.CART_V1, Exchanges.CART_V2),
                one(random, "", Exchanges.CART_IDENTITY),
                random.nextBoolean());
        if (random.nextInt(8) == 0) {
            exchange.intervene(one(random, Intervention.values()));
        }
        exchange.status(one(random, 0, 200, 404, 503));
        if (random.nextInt(3) == 0) {
            exchange.grpcStatus(random.nextInt(17));
        }
        exchange.received(random.nextInt(3));
        exchange.end(random.nextInt(3) > 0 ? Fate.SERVED : one(random, Fate.values()), Exchanges.START + 1000);
        return exchange;
    }

    private static Cluster renamed() {
        return new Cluster(
                "outbound/till.shop/80",
                "shop",
                "till",
                new ArrayList<>(Exchanges.CLUSTER.endpoints()),
                Exchanges.CLUSTER.connectTimeout(),
                null,
                Exchanges.CLUSTER.protocol());
    }

    @SafeVarargs
    private static <T> T one(SplittableRandom random, T... of) {
        return of[random.nextInt(of.length)];
    }

    private static TracesEncoder traces() {
        return new TracesEncoder(AttributeSet.EMPTY, new Scope("test", ""));
    }
}
