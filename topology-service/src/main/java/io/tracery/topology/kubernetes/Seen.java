package io.tracery.topology.kubernetes;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is kept of an object of the cluster: the little that is shown, or leads to it. */
sealed interface Seen {

    /** Who keeps an object: its controller. */
    record Keeper(String kind, String name) {}

    /**
     * Something that keeps pods.
     *
     * @param keeper who keeps it, in its turn
     * @param podLabels that it gives its pods
     */
    record Controller(
            String namespace,
            String kind,
            String name,
            @Nullable Keeper keeper,
            int ready,
            int desired,
            Map<String, String> podLabels,
            String serviceAccount,
            List<String> images)
            implements Seen {}

    /**
     * A pod that has not ended.
     *
     * @param labels of a pod that nobody keeps; those of others are its controller's
     * @param machine the Kubernetes node, null before it has one
     */
    record Pod(
            String namespace,
            String name,
            @Nullable Keeper keeper,
            Map<String, String> labels,
            String serviceAccount,
            @Nullable String machine,
            boolean ready,
            long restarts,
            List<String> images)
            implements Seen {}

    /** A Service and the labels of the pods that it leads to. */
    record Service(String namespace, String name, Map<String, String> selector) implements Seen {}

    /** A Kubernetes node and its zone. */
    record Machine(String name, @Nullable String zone) implements Seen {}
}
