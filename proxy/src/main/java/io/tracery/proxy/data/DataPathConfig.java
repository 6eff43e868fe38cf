package io.tracery.proxy.data;

import io.tracery.proxy.upstream.Limits;

/**
 * @param eventLoops threads of the data path, at least 1
 * @param limits every bound
 */
public record DataPathConfig(int eventLoops, Limits limits) {

    public DataPathConfig {
        if (eventLoops < 1 || eventLoops > 1024) {
            throw new IllegalArgumentException("event loops must be 1..1024, not " + eventLoops);
        }
    }

    public static final DataPathConfig DEFAULT = new DataPathConfig(1, Limits.DEFAULT);
}
