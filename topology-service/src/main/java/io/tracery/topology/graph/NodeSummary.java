package io.tracery.topology.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One node; its numbers are of what it received, over all edges that end in it, and null where none does.
 *
 * @param kind as {@link NodeId.Kind}, in lower case
 * @param members how many nodes this one stands for
 * @param kubernetes what a cluster runs behind it, now; null where nothing is known, of the past and of a whole namespace
 * @param requestRate per second
 * @param successShare 0 to 1
 * @param p99 milliseconds
 */
public record NodeSummary(
        String id,
        String namespace,
        String name,
        String kind,
        List<String> versions,
        @Nullable Double requestRate,
        @Nullable Double successShare,
        @Nullable Double p99,
        boolean stale,
        int members,
        @Nullable KubernetesWorkload kubernetes) {}
