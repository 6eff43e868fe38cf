package io.tracery.proxy.mesh;

import java.util.Map;

/**
 * The whole configuration in force. A request sees one snapshot from its first byte to its last; a new one takes its
 * place in one reference write.
 *
 * @param version counts up by one for each snapshot that took effect
 * @param listeners by name
 * @param clusters by name
 */
public record MeshSnapshot(long version, Map<String, Listener> listeners, Map<String, Cluster> clusters) {

    public static final MeshSnapshot EMPTY = new MeshSnapshot(0, Map.of(), Map.of());

    public MeshSnapshot {
        listeners = Map.copyOf(listeners);
        clusters = Map.copyOf(clusters);
    }

    /** Keys that its rate limits tell apart now. */
    public int rateLimitKeys() {
        return RateLimiters.keys(this);
    }
}
