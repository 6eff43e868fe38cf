package io.tracery.topology.graph;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a Kubernetes cluster runs behind a node of the graph, now. Bounded: of each list the first by name, of labels the
 * recommended ones ({@code app.kubernetes.io/…}) before others.
 *
 * @param owners who keeps the pods running, at most {@link #MOST_OWNERS}
 * @param services that lead to them, at most {@link #MOST_SERVICES}
 * @param pods how many there are
 * @param restarts of their containers, as often as the cluster remembers
 * @param machines that they run on, at most {@link #MOST_MACHINES}
 * @param labels that all owners give their pods, at most {@link #MOST_LABELS}
 */
public record KubernetesWorkload(
        List<Owner> owners,
        List<String> services,
        int pods,
        long restarts,
        List<Machine> machines,
        Map<String, String> labels) {

    public static final int MOST_OWNERS = 8;
    public static final int MOST_SERVICES = 8;
    public static final int MOST_MACHINES = 16;
    public static final int MOST_LABELS = 16;

    /** Container images of one owner. */
    public static final int MOST_IMAGES = 4;

    /**
     * Who keeps pods running.
     *
     * @param kind {@code Deployment}, {@code StatefulSet}, {@code DaemonSet}, {@code Job}, or what else is named as the controller;
     *     {@code Pod} for one that nobody keeps
     * @param ready pods that are ready
     * @param desired pods that there should be
     * @param images of the containers that run, or would
     */
    public record Owner(String kind, String name, int ready, int desired, List<String> images) {}

    /**
     * A Kubernetes node that pods run on.
     *
     * @param zone null where the node does not say
     * @param pods of this workload on it
     */
    public record Machine(String name, @Nullable String zone, int pods) {}
}
