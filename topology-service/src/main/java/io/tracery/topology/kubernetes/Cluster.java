package io.tracery.topology.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.ReducedStateItemStore;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tracery.process.Component;
import io.tracery.topology.graph.KubernetesWorkload;
import io.tracery.topology.graph.NodeId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches a Kubernetes cluster for what runs behind the nodes of the graph. The graph never waits for it: without an answer, or a
 * permission, nodes lack what it would have told, and it is asked again.
 */
public final class Cluster implements Component {

    private static final Logger log = LoggerFactory.getLogger(Cluster.class);
    private static final long PAGE = 500;
    private static final long LOOK_EVERY_MILLIS = 1000;

    private final Config config;
    private final MeterRegistry registry;
    private final Counter dropped;
    private final AtomicBoolean changed = new AtomicBoolean();
    private final AtomicReference<Inventory> inventory = new AtomicReference<>(Inventory.EMPTY);
    private final List<Table<?>> tables = new CopyOnWriteArrayList<>();
    private final List<Troubles> met = new CopyOnWriteArrayList<>();
    private final List<SharedIndexInformer<?>> informers = new CopyOnWriteArrayList<>();

    /** Both from start to close. */
    private @Nullable KubernetesClient client;

    private @Nullable ScheduledExecutorService looking;

    Cluster(Config config, MeterRegistry registry) {
        this.config = config;
        this.registry = registry;
        this.dropped = Counter.builder("topology.kubernetes.dropped")
                .description("Changes of objects of the cluster that there was no room for")
                .tag("reason", "too_many")
                .register(registry);
        Gauge.builder(
                        "topology.kubernetes.watches",
                        informers,
                        all -> all.stream()
                                .filter(SharedIndexInformer::isWatching)
                                .count())
                .description("Kinds of objects of the cluster that are watched now")
                .register(registry);
    }

    /**
     * The cluster that a configuration means, if any.
     *
     * @param use {@code auto}, {@code on} or {@code off}
     * @param kubeconfig that says where; null for the cluster that this process runs in
     * @throws IllegalArgumentException when it is {@code on} and there is none
     */
    public static Optional<Cluster> of(String use, @Nullable Path kubeconfig, MeterRegistry registry) {
        return of(use, kubeconfig, registry, Access.ofThisProcess());
    }

    static Optional<Cluster> of(String use, @Nullable Path kubeconfig, MeterRegistry registry, Access access) {
        if (use.equals("off")) {
            return Optional.empty();
        }
        Optional<Cluster> cluster = access.cluster(kubeconfig).map(config -> new Cluster(config, registry));
        if (cluster.isEmpty()) {
            if (use.equals("on")) {
                throw new IllegalArgumentException(
                        "kubernetes.use is on, but this process does not run in a pod with a service account token:"
                                + " name a kubernetes.kubeconfig, or set it to auto");
            }
            log.info("no Kubernetes cluster here: workloads have the names that their identities say");
        }
        return cluster;
    }

    /** What runs behind a node of the graph, as it was a second ago; null where nothing is known to. */
    public @Nullable KubernetesWorkload behind(NodeId node) {
        return inventory.get().behind(node);
    }

    /** What is not seen, and why: as it was logged. */
    List<String> troubles() {
        return met.stream().map(Troubles::now).flatMap(Optional::stream).toList();
    }

    @Override
    public String name() {
        return "kubernetes";
    }

    /** Returns at once: what the cluster says comes when it comes. */
    @Override
    public synchronized void start() {
        KubernetesClient asking = new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new JdkHttpClientFactory())
                .build();
        client = asking;
        log.info("asking the Kubernetes cluster at {} what runs behind the nodes of the graph", config.getMasterUrl());
        watch("", "nodes", asking.nodes(), Reading::machine);
        watch("", "services", asking.services().inAnyNamespace(), Reading::service);
        watch("", "pods", asking.pods().inAnyNamespace(), Reading::pod);
        var apps = asking.apps();
        watch("apps", "deployments", apps.deployments().inAnyNamespace(), Reading::deployment);
        watch("apps", "replicasets", apps.replicaSets().inAnyNamespace(), Reading::replicaSet);
        watch("apps", "statefulsets", apps.statefulSets().inAnyNamespace(), Reading::statefulSet);
        watch("apps", "daemonsets", apps.daemonSets().inAnyNamespace(), Reading::daemonSet);
        watch("batch", "jobs", asking.batch().v1().jobs().inAnyNamespace(), Reading::job);
        ScheduledExecutorService starting = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("kubernetes-inventory").factory());
        starting.scheduleWithFixedDelay(this::look, 0, LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
        looking = starting;
    }

    private <T extends HasMetadata> void watch(
            String group, String resource, Informable<T> all, Function<T, @Nullable Seen> reading) {
        Table<T> table = new Table<>(reading, () -> changed.set(true), dropped::increment);
        Troubles troubles = new Troubles(group, resource);
        met.add(troubles);
        Gauge.builder("topology.kubernetes.objects", table, Table::size)
                .description("Objects of the cluster of which something is kept")
                .tag("resource", resource)
                .register(registry);
        SharedIndexInformer<T> informer =
                all.withLimit(PAGE).runnableInformer(0).removeNamespaceIndex();
        // Of each object the informer keeps no more than its name and version; what is shown of it stands in the table.
        informer.itemStore(new ReducedStateItemStore<>(
                        ReducedStateItemStore.NAME_KEY_STATE,
                        informer.getApiTypeClass(),
                        requireClient().getKubernetesSerialization()))
                .exceptionHandler((started, failure) -> {
                    troubles.met(failure);
                    return true;
                })
                .addEventHandler(table)
                .addEventHandler(new Listed<>(troubles::over));
        tables.add(table);
        informers.add(informer);
        informer.start();
    }

    private KubernetesClient requireClient() {
        if (client == null) {
            throw new IllegalStateException("not started");
        }
        return client;
    }

    /** Tells when all objects were listed. */
    private record Listed<T>(Runnable told) implements ResourceEventHandler<T> {
        @Override
        public void onList(String resourceVersion, boolean remainedEmpty) {
            told.run();
        }

        @Override
        public void onAdd(T object) {}

        @Override
        public void onUpdate(T before, T object) {}

        @Override
        public void onDelete(T object, boolean stateUnknown) {}
    }

    private void look() {
        try {
            if (changed.getAndSet(false)) {
                List<Seen> all = new ArrayList<>();
                tables.forEach(table -> all.addAll(table.all()));
                inventory.set(new Inventory(all));
            }
        } catch (RuntimeException e) {
            log.warn("what the Kubernetes cluster says cannot be put together", e);
        }
    }

    /** Always: the graph is whole without it. */
    @Override
    public boolean ready() {
        return true;
    }

    @Override
    public synchronized void close() {
        if (looking != null) {
            looking.shutdownNow();
            looking = null;
        }
        informers.forEach(SharedIndexInformer::stop);
        if (client != null) {
            client.close();
            client = null;
        }
    }
}
