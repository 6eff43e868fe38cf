package io.tracery.controlplane.source;

import io.tracery.controlplane.model.Fault;
import io.tracery.controlplane.model.Fault.Share;
import java.time.Duration;

/** {@code policy.tracery.io/v1alpha1} Fault. */
final class FaultReader {

    private static final Duration MOST_DELAY = Duration.ofMinutes(5);
    private static final int MOST_KIB = 1_000_000;

    private FaultReader() {}

    static Fault read(Fields spec) {
        Fields delay = spec.object("delay");
        Fields abort = spec.object("abort");
        Fields bandwidth = spec.object("bandwidth");
        if (delay == null && abort == null && bandwidth == null) {
            spec.problem("delay", "a fault has a delay, an abort, a bandwidth or several of them");
        }
        return new Fault(
                delay == null ? null : new Fault.Delay(time(delay), share(delay)),
                abort == null ? null : abort(abort),
                bandwidth == null
                        ? null
                        : new Fault.Bandwidth(bandwidth.number("kibPerSecond", 1, MOST_KIB), share(bandwidth)),
                RouteParts.headers(spec));
    }

    private static Duration time(Fields delay) {
        Duration time = HttpRouteReader.duration(delay, "time");
        if (!time.isPositive() || time.compareTo(MOST_DELAY) > 0) {
            delay.problem("time", "is more than nothing and at most 5m");
        }
        return time;
    }

    private static Fault.Abort abort(Fields abort) {
        boolean grpc = abort.has("grpcStatus");
        if (grpc == abort.has("httpStatus")) {
            abort.problem("httpStatus", "an abort has an httpStatus or a grpcStatus");
        }
        return grpc
                ? new Fault.Abort(0, abort.number("grpcStatus", 0, 16), share(abort))
                : new Fault.Abort(abort.number("httpStatus", 503, 200, 599), -1, share(abort));
    }

    /** {@code percent} with at most four decimals; all requests where it is not said. */
    private static Share share(Fields fields) {
        String percent = fields.text("percent", "100");
        if (!percent.matches("(100|[0-9]{1,2})([.][0-9]{1,4})?")
                || (percent.startsWith("100.") && !percent.matches("100[.]0+"))) {
            fields.problem("percent", "is a number 0..100 with at most four decimals, not \"" + percent + "\"");
            return new Share(0, 100);
        }
        int point = percent.indexOf('.');
        if (point < 0) {
            return new Share(Integer.parseInt(percent), 100);
        }
        String decimals = (percent.substring(point + 1) + "0000").substring(0, 4);
        return new Share(
                Integer.parseInt(percent.substring(0, point)) * 10_000 + Integer.parseInt(decimals), 1_000_000);
    }
}
