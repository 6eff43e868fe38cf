package io.tracery.topology.graph;

/**
 * What a series says beside its numbers, as far as the graph shows it. Text that does not apply is empty.
 *
 * @param version the version of the edge's target
 * @param tls "mtls" or "none"
 * @param route name of the route
 * @param fate label of a {@link io.tracery.tracing.span.Fate}, of durations only
 * @param sourceIdentity SPIFFE ID of the edge's source
 * @param targetIdentity SPIFFE ID of the edge's target
 */
public record SeriesLabels(
        EdgeKey edge,
        View view,
        String version,
        String tls,
        String route,
        String fate,
        String sourceIdentity,
        String targetIdentity) {}
