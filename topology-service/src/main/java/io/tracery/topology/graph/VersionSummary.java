package io.tracery.topology.graph;

import org.jspecify.annotations.Nullable;

/**
 * One version of an edge's target.
 *
 * @param requests cumulative
 * @param requestRate per second
 * @param successShare 0 to 1, null without requests in the window
 * @param p99 milliseconds, null without requests in the window
 */
public record VersionSummary(
        String version,
        long requests,
        double requestRate,
        @Nullable Double successShare,
        @Nullable Double p99) {}
