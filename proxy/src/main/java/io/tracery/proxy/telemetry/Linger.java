package io.tracery.proxy.telemetry;

import io.tracery.tracing.topic.Topic;
import java.time.Duration;

/**
 * When a batch of spans goes. A batch says once whom it speaks for and every kind of span, and the more spans share that, the less each costs: few
 * wait for more, as long as whoever puts traces together expects at most; many need not. Confined to the exporter.
 */
final class Linger {

    private static final long MOST_NANOS = Topic.SPANS_WAIT.toNanos();

    /** Kafka's client has something to do for each batch, however large. */
    private static final long LEAST_NANOS = Duration.ofSeconds(1).toNanos();

    /** What they share is less than a tenth of what they take. */
    private static final int ENOUGH_SPANS = 96;

    private boolean waiting;
    private long sinceNanos;

    /**
     * @param spans in the batch now
     * @param nowNanos of a clock that only goes on
     */
    boolean over(int spans, long nowNanos) {
        if (spans == 0) {
            waiting = false;
            return false;
        }
        if (!waiting) {
            waiting = true;
            sinceNanos = nowNanos;
        }
        return nowNanos - sinceNanos >= (spans < ENOUGH_SPANS ? MOST_NANOS : LEAST_NANOS);
    }

    /** The batch went. */
    void sent() {
        waiting = false;
    }
}
