package io.tracery.topology.kubernetes;

import io.tracery.topology.graph.KubernetesWorkload;
import io.tracery.topology.graph.KubernetesWorkload.Machine;
import io.tracery.topology.graph.KubernetesWorkload.Owner;
import io.tracery.topology.graph.NodeId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The cluster at one moment, by the names that the graph has for what runs in it. Immutable but for answers that it remembers.
 *
 * <p>A node {@code namespace/name} is what the Service of that name leads to; without one, what has that name itself; else what
 * runs as the service account of that name, which is what identities speak of; else what is labelled with it.
 */
final class Inventory {

    static final Inventory EMPTY = new Inventory(List.of());

    private static final String RECOMMENDED = "app.kubernetes.io/";
    private static final String NAME_LABEL = "app.kubernetes.io/name";

    /** Chains of keepers are two long: a bound for those that go round. */
    private static final int MOST_KEEPERS = 8;

    /** Who keeps pods and is kept by nobody that is known. */
    private static final class Root {
        final String kind;
        final String name;
        final Seen.@Nullable Controller itself;
        final List<Seen.Controller> controllers = new ArrayList<>();
        final List<Seen.Pod> pods = new ArrayList<>();

        /** @param itself null where only its name is known */
        Root(Seen.Keeper name, Seen.@Nullable Controller itself) {
            this.kind = name.kind();
            this.name = name.name();
            this.itself = itself;
        }

        /** Itself where it is known, else the one of those it keeps that has most pods. */
        private Seen.@Nullable Controller speaker() {
            return itself != null
                    ? itself
                    : controllers.stream()
                            .max(Comparator.comparingInt(Seen.Controller::desired))
                            .orElse(null);
        }

        Map<String, String> podLabels() {
            Seen.Controller speaker = speaker();
            return speaker != null
                    ? speaker.podLabels()
                    : pods.isEmpty() ? Map.of() : pods.getFirst().labels();
        }

        String serviceAccount() {
            Seen.Controller speaker = speaker();
            return speaker != null
                    ? speaker.serviceAccount()
                    : pods.isEmpty() ? "" : pods.getFirst().serviceAccount();
        }

        Owner owner() {
            int ready;
            int desired;
            if (itself != null) {
                ready = itself.ready();
                desired = itself.desired();
            } else if (!controllers.isEmpty()) {
                ready = controllers.stream().mapToInt(Seen.Controller::ready).sum();
                desired =
                        controllers.stream().mapToInt(Seen.Controller::desired).sum();
            } else {
                ready = Math.toIntExact(pods.stream().filter(Seen.Pod::ready).count());
                desired = pods.size();
            }
            return new Owner(kind, name, ready, desired, images());
        }

        /** Of what runs; of what would, where nothing does. */
        private List<String> images() {
            Seen.Controller speaker = speaker();
            Stream<String> all = !pods.isEmpty()
                    ? pods.stream().flatMap(pod -> pod.images().stream())
                    : speaker == null ? Stream.of() : speaker.images().stream();
            return all.distinct().sorted().limit(KubernetesWorkload.MOST_IMAGES).toList();
        }
    }

    private static final class Namespace {
        final Map<Seen.Keeper, Seen.Controller> controllers = new HashMap<>();
        final Map<Seen.Keeper, Root> roots = new HashMap<>();
        final Map<String, Seen.Service> services = new TreeMap<>();

        /** The outermost keeper that is named above one, whether it is known or not. */
        Root root(Seen.Keeper from) {
            Seen.Keeper top = from;
            for (int i = 0; i < MOST_KEEPERS; i++) {
                Seen.Controller known = controllers.get(top);
                if (known == null || known.keeper() == null) {
                    break;
                }
                top = known.keeper();
            }
            Seen.Keeper named = top;
            return roots.computeIfAbsent(named, any -> new Root(named, controllers.get(named)));
        }
    }

    private final Map<String, Namespace> namespaces = new HashMap<>();
    private final Map<String, Seen.Machine> machines = new HashMap<>();
    private final ConcurrentHashMap<NodeId, Optional<KubernetesWorkload>> answers = new ConcurrentHashMap<>();

    Inventory(Collection<? extends Seen> all) {
        for (Seen seen : all) {
            if (seen instanceof Seen.Controller controller) {
                Seen.Keeper name = new Seen.Keeper(controller.kind(), controller.name());
                namespace(controller.namespace()).controllers.put(name, controller);
            }
        }
        for (Seen seen : all) {
            switch (seen) {
                case Seen.Controller controller -> {
                    Seen.Keeper self = new Seen.Keeper(controller.kind(), controller.name());
                    namespace(controller.namespace()).root(self).controllers.add(controller);
                }
                case Seen.Pod pod -> {
                    Seen.Keeper keeper = pod.keeper() == null ? new Seen.Keeper("Pod", pod.name()) : pod.keeper();
                    namespace(pod.namespace()).root(keeper).pods.add(pod);
                }
                case Seen.Service service ->
                    namespace(service.namespace()).services.put(service.name(), service);
                case Seen.Machine machine -> machines.put(machine.name(), machine);
            }
        }
    }

    private Namespace namespace(String name) {
        return namespaces.computeIfAbsent(name, any -> new Namespace());
    }

    /** What runs behind a node; null where nothing is known to. */
    @Nullable
    KubernetesWorkload behind(NodeId node) {
        return answers.computeIfAbsent(node, asked -> Optional.ofNullable(find(asked)))
                .orElse(null);
    }

    private @Nullable KubernetesWorkload find(NodeId node) {
        Namespace namespace = node.kind() == NodeId.Kind.WORKLOAD ? namespaces.get(node.namespace()) : null;
        if (namespace == null) {
            return null;
        }
        Seen.Service service = namespace.services.get(node.name());
        List<Predicate<Root>> ways = List.of(
                root -> service != null && leadsTo(service, root),
                root -> root.name.equals(node.name()),
                root -> root.serviceAccount().equals(node.name()),
                root -> node.name().equals(root.podLabels().get(NAME_LABEL)));
        for (Predicate<Root> way : ways) {
            List<Root> found = namespace.roots.values().stream()
                    .filter(way)
                    .sorted(Comparator.comparing((Root root) -> root.name).thenComparing(root -> root.kind))
                    .toList();
            if (!found.isEmpty()) {
                return workload(namespace, found);
            }
        }
        return null;
    }

    private static boolean leadsTo(Seen.Service service, Root root) {
        return !service.selector().isEmpty()
                && root.podLabels().entrySet().containsAll(service.selector().entrySet());
    }

    private KubernetesWorkload workload(Namespace namespace, List<Root> roots) {
        List<Seen.Pod> pods = roots.stream().flatMap(root -> root.pods.stream()).toList();
        List<String> services = namespace.services.values().stream()
                .filter(service -> roots.stream().anyMatch(root -> leadsTo(service, root)))
                .map(Seen.Service::name)
                .limit(KubernetesWorkload.MOST_SERVICES)
                .toList();
        return new KubernetesWorkload(
                roots.stream()
                        .limit(KubernetesWorkload.MOST_OWNERS)
                        .map(Root::owner)
                        .toList(),
                services,
                pods.size(),
                pods.stream().mapToLong(Seen.Pod::restarts).sum(),
                machines(pods),
                labels(roots));
    }

    private List<Machine> machines(List<Seen.Pod> pods) {
        TreeMap<String, Integer> counts = new TreeMap<>();
        for (Seen.Pod pod : pods) {
            if (pod.machine() != null) {
                counts.merge(pod.machine(), 1, Integer::sum);
            }
        }
        return counts.entrySet().stream()
                .limit(KubernetesWorkload.MOST_MACHINES)
                .map(entry -> {
                    Seen.Machine machine = machines.get(entry.getKey());
                    return new Machine(entry.getKey(), machine == null ? null : machine.zone(), entry.getValue());
                })
                .toList();
    }

    /** What all of them say alike. */
    private static Map<String, String> labels(List<Root> roots) {
        TreeSet<Map.Entry<String, String>> common = new TreeSet<>(Comparator.comparing(
                        (Map.Entry<String, String> label) -> !label.getKey().startsWith(RECOMMENDED))
                .thenComparing(Map.Entry::getKey));
        common.addAll(roots.getFirst().podLabels().entrySet());
        common.removeIf(label -> roots.stream()
                .anyMatch(root -> !label.getValue().equals(root.podLabels().get(label.getKey()))));
        Map<String, String> labels = new LinkedHashMap<>();
        common.stream()
                .limit(KubernetesWorkload.MOST_LABELS)
                .forEach(label -> labels.put(label.getKey(), label.getValue()));
        return Collections.unmodifiableMap(labels);
    }
}
