package io.tracery.proxy.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.concurrent.ScheduledFuture;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.loop.LoopState;
import io.tracery.proxy.route.Route;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * When an exchange must be over: its route's time limit or, where that is shorter, the deadline that a gRPC client sent. What
 * is left of it goes on to the endpoint with every gRPC attempt, so that nobody works on what nobody waits for.
 */
final class Deadline {

    private final LoopState loop;
    private final boolean grpc;
    private final long limitNanos;
    private final boolean bounded;

    private long endNanos;
    private @Nullable ScheduledFuture<?> timer;

    Deadline(LoopState loop, Protocol protocol, Route route, HttpHeaders headers) {
        this.loop = loop;
        this.grpc = protocol == Protocol.GRPC;
        long ofClient = grpc ? GrpcTimeout.nanos(headers.get(GrpcTimeout.HEADER)) : GrpcTimeout.NONE;
        long ofRoute = route.timeout().isPositive() ? route.timeout().toNanos() : Long.MAX_VALUE;
        this.limitNanos = ofClient == GrpcTimeout.NONE ? ofRoute : Math.min(ofClient, ofRoute);
        this.bounded = limitNanos < Long.MAX_VALUE;
    }

    void start(Runnable passed) {
        if (bounded) {
            endNanos = loop.ticker().nanos() + limitNanos;
            timer = loop.loop().schedule(passed, limitNanos, TimeUnit.NANOSECONDS);
        }
    }

    /** Nanoseconds, {@link Long#MAX_VALUE} where there is no limit. */
    long left() {
        return bounded ? endNanos - loop.ticker().nanos() : Long.MAX_VALUE;
    }

    /** Tells the endpoint of a gRPC attempt how long it has; never longer than the client said. */
    void carryOn(HttpHeaders headers, Duration perTry) {
        if (grpc) {
            long nanos = perTry.isPositive() ? Math.min(left(), perTry.toNanos()) : left();
            if (nanos < Long.MAX_VALUE) {
                headers.set(GrpcTimeout.HEADER, GrpcTimeout.text(Math.max(1, nanos)));
            }
        }
    }

    void cancel() {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    @Override
    public String toString() {
        return Duration.ofNanos(limitNanos).toString();
    }
}
