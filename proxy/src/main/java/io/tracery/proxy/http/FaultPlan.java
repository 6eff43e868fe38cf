package io.tracery.proxy.http;

import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Intervention;
import io.tracery.proxy.route.Fault;
import io.tracery.proxy.route.RequestView;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong with one exchange on purpose, drawn once when it begins and written down at once.
 *
 * @param delayNanos 0 for none
 * @param abort null where it is forwarded
 * @param bytesPerSecond of the answer, 0 for as fast as it comes
 */
record FaultPlan(long delayNanos, Fault.@Nullable Abort abort, long bytesPerSecond) {

    /** Null where nothing does. */
    static @Nullable FaultPlan draw(
            @Nullable Fault fault, RequestView request, RandomGenerator random, Exchange exchange) {
        if (fault == null || !fault.concerns(request)) {
            return null;
        }
        Fault.Delay delay = fault.delay();
        long nanos = 0;
        if (delay != null && delay.share().takes(random)) {
            nanos = delay.time().toNanos();
            exchange.intervene(Intervention.DELAY, "delay " + delay.time().toMillis() + " ms");
        }
        Fault.Abort abort = fault.abort();
        if (abort != null && abort.share().takes(random)) {
            exchange.intervene(Intervention.ABORT, "abort with " + status(abort));
        } else {
            abort = null;
        }
        Fault.Bandwidth bandwidth = fault.bandwidth();
        long rate = 0;
        if (abort == null && bandwidth != null && bandwidth.share().takes(random)) {
            rate = bandwidth.bytesPerSecond();
            exchange.intervene(Intervention.BANDWIDTH, "answer at " + rate + " B/s");
        }
        return nanos == 0 && abort == null && rate == 0 ? null : new FaultPlan(nanos, abort, rate);
    }

    private static String status(Fault.Abort abort) {
        return abort.grpcStatus() >= 0 ? "gRPC status " + abort.grpcStatus() : "status " + abort.httpStatus();
    }
}
