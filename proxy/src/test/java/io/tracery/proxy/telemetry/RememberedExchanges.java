package io.tracery.proxy.telemetry;

import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.Direction;
import io.tracery.tracing.otlp.AttributeSet;
import io.tracery.tracing.otlp.Scope;
import io.tracery.tracing.otlp.TracesEncoder;
import io.tracery.tracing.span.Fate;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;

/** Exchanges that ended and are remembered, without the data path that would have had them. */
public final class RememberedExchanges {

    private static final long MILLISECOND = 1_000_000;

    private final TracesEncoder traces = new TracesEncoder(AttributeSet.EMPTY, new Scope("test", ""));
    private final SpanEncoder encoder = new SpanEncoder(traces, List.of("x-user"), new SplittableRandom(1));
    private final RecentSpans recent;

    /** @param most that are remembered */
    public RememberedExchanges(int most) {
        this.recent = new RecentSpans(256 * 1024, most, System.nanoTime());
    }

    public Tap tap() {
        return new Tap(recent, List.of("x-user"));
    }

    /** An outbound exchange of a millisecond that began then. */
    public synchronized void add(String path, int status, Instant at) {
        Exchange exchange = new Exchange(
                Direction.OUTBOUND,
                "outbound/cart.shop/80",
                Protocol.HTTP1,
                at.getEpochSecond() * 1_000_000_000 + at.getNano(),
                0);
        exchange.request(Protocol.HTTP1, "GET", path, "cart.shop:80", "http");
        exchange.trace(Exchanges.TRACE, 0);
        exchange.routed(Exchanges.route("default"));
        exchange.cluster(Exchanges.CLUSTER);
        exchange.status(status);
        exchange.end(Fate.SERVED, MILLISECOND);
        int mark = traces.mark();
        encoder.encode(exchange);
        recent.add(traces, mark);
    }
}
