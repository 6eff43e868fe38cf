package io.tracery.topology.stream;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * When each proxy last spoke. A proxy sends only what changed, so a series that is silent while its proxy speaks did not
 * change until then: that bounds when a change happened. Confined to the stream's thread.
 */
final class Lives {

    private static final class Life {
        long startNanos;
        /** Times of the newest report, and of the one before it. */
        long newestMillis;

        long previousMillis;
        long heardMillis;
    }

    private final Map<String, Life> byInstance = new HashMap<>();

    /** Notes a report, and tells when the same life of the proxy reported before it; 0 when it did not. */
    long before(SeriesKey key, long timeMillis, long nowMillis) {
        Life life = byInstance.computeIfAbsent(key.instance(), any -> new Life());
        if (key.startNanos() > life.startNanos) {
            life.startNanos = key.startNanos();
            life.newestMillis = 0;
            life.previousMillis = 0;
        }
        life.heardMillis = nowMillis;
        if (key.startNanos() < life.startNanos) {
            return 0;
        }
        if (timeMillis > life.newestMillis) {
            life.previousMillis = life.newestMillis;
            life.newestMillis = timeMillis;
        }
        return timeMillis == life.newestMillis ? life.previousMillis : 0;
    }

    /** True when the proxy has started anew since. */
    boolean superseded(SeriesKey key) {
        @Nullable Life life = byInstance.get(key.instance());
        return life != null && key.startNanos() < life.startNanos;
    }

    /** Forgets proxies that were not heard of since a time. */
    void forget(long beforeMillis) {
        byInstance.values().removeIf(life -> life.heardMillis < beforeMillis);
    }
}
