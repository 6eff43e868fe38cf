package io.tracery.topology;

import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a Kubernetes cluster is asked what runs behind the nodes of the graph.
 *
 * @param use {@code auto}, which is the default: where this process runs in a pod with a service account token, or a {@code kubeconfig} is
 *     given; {@code on}: the same, but a process that finds no cluster does not start; {@code off}: never
 * @param kubeconfig file that says where the cluster is and who asks; absent: the pod's service account
 */
public record KubernetesConfig(String use, @Nullable Path kubeconfig) {

    private static final Set<String> USES = Set.of("auto", "on", "off");

    /** As where nothing is said. */
    public static final KubernetesConfig DEFAULT = new KubernetesConfig("auto", null);

    public KubernetesConfig {
        // YAML reads a bare on and off as true and false.
        use = switch (use) {
            case null -> "auto";
            case "true" -> "on";
            case "false" -> "off";
            default -> use;
        };
        if (!USES.contains(use)) {
            throw new IllegalArgumentException("kubernetes.use is " + use + "; set it to auto, on or off");
        }
        if (use.equals("off") && kubeconfig != null) {
            throw new IllegalArgumentException(
                    "kubernetes.kubeconfig stands beside kubernetes.use: off; leave out one of them");
        }
    }
}
