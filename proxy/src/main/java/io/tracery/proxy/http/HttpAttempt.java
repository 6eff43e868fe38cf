package io.tracery.proxy.http;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import io.tracery.proxy.balance.EndpointLoad;
import io.tracery.proxy.balance.Pick;
import io.tracery.proxy.exchange.Attempt;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.http2.ExtendedConnect;
import io.tracery.proxy.loop.LoopState;
import io.tracery.proxy.loop.Ticker;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.upstream.ClusterState;
import io.tracery.proxy.upstream.Lease;
import io.tracery.proxy.upstream.Occupancy;
import io.tracery.proxy.upstream.UpstreamFailure;
import io.tracery.proxy.upstream.UpstreamPool;
import io.tracery.proxy.upstream.UpstreamPool.Freshness;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.span.Fate;
import org.jspecify.annotations.Nullable;

/**
 * One try at one endpoint: holds the connection, keeps the endpoint's load, and is deaf to whatever still comes once it
 * is over.
 */
final class HttpAttempt implements UpstreamPool.Taker {

    private static final int UNAVAILABLE = 503;

    /** An endpoint that says no more than that it is not done yet says nothing. */
    private static final int MOST_INTERIM = 64;

    private final HttpRelay relay;
    private final Ticker ticker;
    private final Attempt record;
    private final EndpointLoad load;
    private final Exchange exchange;
    private final Occupancy occupancy;

    private @Nullable TraceContext carried;
    private @Nullable Lease lease;
    private @Nullable ScheduledFuture<?> perTryTimer;
    private long retryAfterNanos;
    private boolean headSeen;
    private boolean interim;
    private int interims;
    private boolean over;
    private boolean waiting;
    private @Nullable HttpRequest asked;

    private HttpAttempt(
            HttpRelay relay,
            LoopState loop,
            Exchange exchange,
            Attempt record,
            EndpointLoad load,
            Occupancy occupancy) {
        this.relay = relay;
        this.ticker = loop.ticker();
        this.exchange = exchange;
        this.record = record;
        this.load = load;
        this.occupancy = occupancy;
        load.started();
        occupancy.began(record.number());
    }

    /** The exchange's next attempt, at the endpoint that was picked; the first one tells it the exchange's own span. */
    static HttpAttempt begin(HttpRelay relay, LoopState loop, Exchange exchange, ClusterState cluster, Pick pick) {
        TraceContext trace = exchange.trace();
        boolean first = exchange.attempts().isEmpty();
        TraceContext carried = trace == null || first ? trace : trace.child(loop.random());
        Attempt record = exchange.nextAttempt(
                carried == null ? 0 : carried.spanId(), loop.ticker().nanos());
        note(pick, cluster.balancer().leftOut(), record);
        HttpAttempt attempt = new HttpAttempt(relay, loop, exchange, record, pick.chosen(), cluster.occupancy());
        attempt.carried = carried;
        return attempt;
    }

    /** Asks for a connection, and waits for it where as many requests of the cluster may. */
    void acquire(HttpRequest head, UpstreamPool pool, Freshness freshness) {
        asked = head;
        pool.acquire(this, freshness);
        if (lease != null || over) {
            return;
        }
        UpstreamFailure refused = occupancy.refuseWaiting();
        if (refused == null) {
            waiting = true;
            occupancy.waits();
        } else {
            relay.notConnected(this, refused);
        }
    }

    private void waitNoMore() {
        if (waiting) {
            waiting = false;
            occupancy.waitsNoMore();
        }
    }

    /** What the balancer weighed. */
    private static void note(Pick pick, int leftOut, Attempt record) {
        EndpointLoad other = pick.other();
        record.picked(
                pick.chosen().endpoint(),
                pick.costMillis(),
                other == null ? null : other.endpoint(),
                pick.otherCostMillis());
        record.pickedFor(pick.reason().label(), leftOut);
    }

    Attempt record() {
        return record;
    }

    EndpointLoad load() {
        return load;
    }

    /** The request's head as this endpoint gets it. */
    HttpRequest head(HttpRequest common) {
        if (carried != null) {
            TraceHeaders.write(common.headers(), carried, exchange.parentSpanId());
        }
        return new DefaultHttpRequest(
                HttpVersion.HTTP_1_1,
                common.method(),
                common.uri(),
                common.headers(),
                /* validateRequestLine= */ false);
    }

    /** The exchange is with this one's endpoint. */
    void reached() {
        Lease held = lease;
        if (held != null && exchange.direction() == Direction.OUTBOUND) {
            String verified = held.peerIdentity();
            exchange.peer(load.endpoint().workload(), verified, !verified.isEmpty());
        }
    }

    /** Null until there is a connection. */
    @Nullable
    Lease lease() {
        return lease;
    }

    /** What the end of its connection means to it. */
    Fate brokenBy(Closing how) {
        return switch (how) {
            case MALFORMED -> Fate.MALFORMED_RESPONSE;
            case TLS -> headSeen ? Fate.RESET_AFTER_HEADERS : Fate.TLS_VERIFICATION;
            case CLOSED, REFUSED -> headSeen ? Fate.RESET_AFTER_HEADERS : Fate.RESET_BEFORE_HEADERS;
        };
    }

    boolean headSeen() {
        return headSeen;
    }

    void timer(ScheduledFuture<?> timer) {
        perTryTimer = timer;
    }

    @Override
    public boolean extendedConnect() {
        return asked != null && Switching.upgrade(asked);
    }

    @Override
    public void ready(Lease ready) {
        if (over) {
            // Nothing was sent on it: it serves the next one.
            ready.release();
            return;
        }
        waitNoMore();
        lease = ready;
        record.connected(ticker.nanos(), ready.reused());
        record.shaken(ready.handshakeNanos());
        reached();
        relay.connected(this, ready);
    }

    @Override
    public void failed(UpstreamFailure failure) {
        if (!over) {
            relay.notConnected(this, failure);
        }
    }

    @Override
    public void received(HttpObject piece) {
        if (over) {
            ReferenceCountUtil.release(piece);
        } else if (piece instanceof HttpResponse head && Switching.interim(head)) {
            interim = !(piece instanceof HttpContent);
            interims++;
            if (interims > MOST_INTERIM) {
                relay.upstreamClosed(this, Closing.MALFORMED);
            } else {
                relay.interim(head);
            }
            ReferenceCountUtil.release(piece);
        } else if (interim) {
            // The empty body with which an interim response ends.
            interim = false;
            ReferenceCountUtil.release(piece);
        } else if (asked instanceof ExtendedConnect connect
                && piece instanceof HttpResponse head
                && connect.contradictedBy(head)) {
            ReferenceCountUtil.release(piece);
            relay.upstreamClosed(this, Closing.MALFORMED);
        } else {
            if (piece instanceof HttpResponse head) {
                headSeen = true;
                retryAfterNanos = RetryAfter.nanos(head, ticker);
                record.firstByte(ticker.nanos());
                stopTimer();
            }
            relay.response(this, piece);
        }
    }

    @Override
    public void readComplete() {
        if (!over) {
            relay.flushResponse();
        }
    }

    @Override
    public void writabilityChanged() {
        if (!over) {
            relay.upstreamWritabilityChanged();
        }
    }

    @Override
    public void closed(Closing how) {
        if (!over) {
            relay.upstreamClosed(this, how);
        }
    }

    /** The response is complete; the connection goes back if it can serve another request. */
    void complete(Fate fate, boolean reusable) {
        occupancy.took(record.firstByteNanos(), ticker.nanos());
        end(fate, exchange.status());
        int status = exchange.protocol() == Protocol.GRPC
                ? GrpcStatus.httpStatus(exchange.grpcStatus(), exchange.status())
                : exchange.status();
        load.answered(status, record.firstByteNanos(), retryAfterNanos, ticker.nanos());
        Lease held = lease;
        if (held != null && reusable) {
            held.release();
        } else if (held != null) {
            held.close();
        }
    }

    /** It failed; nothing more is heard of it. */
    void fail(Fate fate, int status) {
        if (fate == Fate.DEADLINE) {
            occupancy.took(ticker.nanos() - record.startNanos(), ticker.nanos());
        }
        end(fate, status);
        switch (fate) {
            // Our own limits, and what it never said that it takes: neither says how it is.
            case QUEUE_FULL, BREAKER_OPEN, NO_ENDPOINT -> load.abandoned();
            // An answer that is not passed on: gRPC's UNAVAILABLE comes with 200.
            case APP_ERROR ->
                load.answered(
                        status < 400 ? UNAVAILABLE : status, record.firstByteNanos(), retryAfterNanos, ticker.nanos());
            default -> load.failed(ticker.nanos() - record.startNanos(), ticker.nanos());
        }
        closeLease();
    }

    /** Who kept the other waiting when the time was up. */
    enum Late {
        ENDPOINT,
        /** It has not sent all of its request: nothing is held against the endpoint. */
        CLIENT
    }

    void outOfTime(Late who) {
        if (who == Late.ENDPOINT) {
            fail(Fate.DEADLINE, exchange.status());
        } else {
            abandon(Fate.DEADLINE);
        }
    }

    /** The client went away, which says nothing of the endpoint. */
    void abandon(Fate fate) {
        end(fate, 0);
        load.abandoned();
        closeLease();
    }

    /** Another one's answer came first. What this says of the endpoint is that it needs longer than this. */
    void outrun() {
        stop();
        record.outrun(ticker.nanos());
        load.outrun(ticker.nanos() - record.startNanos(), ticker.nanos());
        closeLease();
    }

    private void end(Fate fate, int status) {
        stop();
        record.ended(ticker.nanos(), fate, status);
    }

    private void stop() {
        over = true;
        waitNoMore();
        occupancy.ended(record.number());
        stopTimer();
    }

    private void closeLease() {
        if (lease != null) {
            lease.close();
        }
    }

    private void stopTimer() {
        if (perTryTimer != null) {
            perTryTimer.cancel(false);
            perTryTimer = null;
        }
    }
}
