package io.tracery.topology.kubernetes;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Takes from the cluster's objects what is kept of them. Null stands for an object of which nothing is. */
final class Reading {

    private static final String ZONE = "topology.kubernetes.io/zone";

    /** Labels that only tell pods, or revisions of their controller, apart. */
    private static final Set<String> OF_ONE_POD = Set.of(
            "pod-template-hash",
            "pod-template-generation",
            "controller-revision-hash",
            "statefulset.kubernetes.io/pod-name",
            "apps.kubernetes.io/pod-index");

    private static final Set<String> ENDED = Set.of("Succeeded", "Failed");
    private static final int MOST_LABELS = 64;
    private static final int MOST_IMAGES = 16;
    private static final int MOST_CHARACTERS = 256;

    private Reading() {}

    static Seen deployment(Deployment it) {
        var status = it.getStatus();
        return controller(
                it,
                status == null ? null : status.getReadyReplicas(),
                orOne(it.getSpec().getReplicas()),
                it.getSpec().getTemplate());
    }

    static Seen replicaSet(ReplicaSet it) {
        var status = it.getStatus();
        return controller(
                it,
                status == null ? null : status.getReadyReplicas(),
                orOne(it.getSpec().getReplicas()),
                it.getSpec().getTemplate());
    }

    static Seen statefulSet(StatefulSet it) {
        var status = it.getStatus();
        return controller(
                it,
                status == null ? null : status.getReadyReplicas(),
                orOne(it.getSpec().getReplicas()),
                it.getSpec().getTemplate());
    }

    static Seen daemonSet(DaemonSet it) {
        var status = it.getStatus();
        return controller(
                it,
                status == null ? null : status.getNumberReady(),
                status == null ? null : status.getDesiredNumberScheduled(),
                it.getSpec().getTemplate());
    }

    /** A job wants as many pods as are at work; one that is done wants none. */
    static Seen job(Job it) {
        var status = it.getStatus();
        return controller(
                it,
                status == null ? null : status.getReady(),
                status == null ? null : status.getActive(),
                it.getSpec().getTemplate());
    }

    private static Seen controller(
            HasMetadata it, @Nullable Integer ready, @Nullable Integer desired, PodTemplateSpec template) {
        var metadata = it.getMetadata();
        PodSpec spec = template.getSpec();
        return new Seen.Controller(
                metadata.getNamespace(),
                it.getKind(),
                metadata.getName(),
                keeper(it),
                orZero(ready),
                orZero(desired),
                labels(
                        template.getMetadata() == null
                                ? null
                                : template.getMetadata().getLabels()),
                serviceAccount(spec),
                images(spec));
    }

    static @Nullable Seen pod(Pod it) {
        var status = it.getStatus();
        if (status != null && ENDED.contains(String.valueOf(status.getPhase()))) {
            return null;
        }
        Seen.Keeper keeper = keeper(it);
        return new Seen.Pod(
                it.getMetadata().getNamespace(),
                it.getMetadata().getName(),
                keeper,
                keeper == null ? labels(it.getMetadata().getLabels()) : Map.of(),
                serviceAccount(it.getSpec()),
                it.getSpec().getNodeName(),
                status != null
                        && status.getConditions().stream()
                                .anyMatch(condition -> condition.getType().equals("Ready")
                                        && condition.getStatus().equals("True")),
                status == null
                        ? 0
                        : status.getContainerStatuses().stream()
                                .mapToLong(ContainerStatus::getRestartCount)
                                .sum(),
                images(it.getSpec()));
    }

    static Seen service(Service it) {
        Map<String, String> selector = it.getSpec().getSelector();
        return new Seen.Service(
                it.getMetadata().getNamespace(),
                it.getMetadata().getName(),
                selector == null ? Map.of() : Map.copyOf(selector));
    }

    static Seen machine(Node it) {
        Map<String, String> labels = it.getMetadata().getLabels();
        return new Seen.Machine(it.getMetadata().getName(), labels == null ? null : labels.get(ZONE));
    }

    private static Seen.@Nullable Keeper keeper(HasMetadata it) {
        for (OwnerReference owner : it.getMetadata().getOwnerReferences()) {
            if (Boolean.TRUE.equals(owner.getController())) {
                return new Seen.Keeper(owner.getKind(), owner.getName());
            }
        }
        return null;
    }

    private static Map<String, String> labels(@Nullable Map<String, String> all) {
        TreeMap<String, String> kept = new TreeMap<>();
        if (all != null) {
            all.forEach((key, value) -> {
                if (!OF_ONE_POD.contains(key) && kept.size() < MOST_LABELS) {
                    kept.put(bounded(key), bounded(value == null ? "" : value));
                }
            });
        }
        return Map.copyOf(kept);
    }

    private static String serviceAccount(PodSpec spec) {
        return spec.getServiceAccountName() == null ? "default" : spec.getServiceAccountName();
    }

    private static List<String> images(PodSpec spec) {
        return spec.getContainers().stream()
                .map(Container::getImage)
                .filter(image -> image != null)
                .map(Reading::bounded)
                .distinct()
                .sorted()
                .limit(MOST_IMAGES)
                .toList();
    }

    private static String bounded(String text) {
        return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS);
    }

    private static int orOne(@Nullable Integer value) {
        return value == null ? 1 : value;
    }

    private static int orZero(@Nullable Integer value) {
        return value == null ? 0 : value;
    }
}
