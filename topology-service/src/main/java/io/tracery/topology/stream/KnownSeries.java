package io.tracery.topology.stream;

import org.jspecify.annotations.Nullable;

/** A series of a proxy that reports, and what is known of it without asking the store. Confined to the stream's thread. */
final class KnownSeries {

    final SeriesKey key;

    /** The key's, which is asked for at each point. */
    final String epoch;

    /** The newest; null when it is not known. */
    @Nullable
    SeriesValue value;

    /** When the store was last told that it was heard of, by this process's clock. */
    long storedMillis;

    /** Whether another one stands for the series from now on. */
    boolean forgotten;

    KnownSeries(SeriesKey key) {
        this.key = key;
        // The same for all series of the proxy.
        this.epoch = key.epoch().intern();
    }
}
