package io.tracery.proxy.data;

import io.tracery.proxy.loop.Overload;
import io.tracery.proxy.upstream.Limits;

/**
 * @param eventLoops threads of the data path, at least 1
 * @param limits every bound of one connection, exchange or loop
 * @param zone the proxy's own, empty when unknown
 * @param overload bounds of the whole process
 */
public record DataPathConfig(int eventLoops, Limits limits, String zone, Overload overload) {

    public DataPathConfig {
        if (eventLoops < 1 || eventLoops > 1024) {
            throw new IllegalArgumentException("event loops must be 1..1024, not " + eventLoops);
        }
    }

    /** Of a proxy that does not know its zone. */
    public DataPathConfig(int eventLoops, Limits limits) {
        this(eventLoops, limits, "", Overload.DEFAULT);
    }

    public static final DataPathConfig DEFAULT = new DataPathConfig(1, Limits.DEFAULT);
}
