package io.tracery.topology.fleet;

import org.jspecify.annotations.Nullable;

/**
 * Something that happened in the mesh and may explain what the graph shows.
 *
 * @param t Unix milliseconds
 * @param kind {@code deploy}, {@code configuration} or {@code certificate}
 * @param node {@code namespace/workload}
 * @param instance node id of the proxy, where it is about one
 * @param version of the workload, where it is about one
 * @param text for a person
 */
public record MeshEvent(
        long t,
        String kind,
        String action,
        String node,
        @Nullable String instance,
        @Nullable String version,
        String text) {

    static final String DEPLOY = "deploy";
    static final String CONFIGURATION = "configuration";
    static final String CERTIFICATE = "certificate";

    /** The same event has the same name, however often it is noticed. */
    String name() {
        return String.join("|", kind, action, node, instance == null ? "" : instance, version == null ? "" : version);
    }
}
