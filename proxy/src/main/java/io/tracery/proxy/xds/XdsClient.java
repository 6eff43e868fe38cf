package io.tracery.proxy.xds;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.tracery.controlplane.api.XdsNames;
import io.tracery.process.Component;
import io.tracery.proxy.mesh.MeshSnapshot;
import io.tracery.proxy.mesh.MeshSnapshots;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the control plane over one delta stream for all types (xDS transport protocol, "Incremental xDS" and "ADS").
 * A response that cannot be honoured is refused with its reason and changes nothing; a control plane that is away changes
 * nothing either. A snapshot is published only when nothing that it names is missing.
 */
public final class XdsClient implements Component {

    private static final Logger log = LoggerFactory.getLogger(XdsClient.class);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(200);
    private static final Duration LAST_BACKOFF = Duration.ofSeconds(5);

    private final Node node;
    private final Function<ScheduledExecutorService, ManagedChannel> dial;
    private final Resources fixed;
    private final MeshSnapshots snapshots;
    private final Consumer<Channel> whenConnected;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("xds").daemon().factory());

    private final Subscription<Cluster> clusters =
            new Subscription<>(XdsNames.CLUSTER_TYPE, Cluster.class, true, c -> ClusterTranslator.translate(c, null));
    private final Subscription<ClusterLoadAssignment> endpoints = new Subscription<>(
            XdsNames.ENDPOINT_TYPE, ClusterLoadAssignment.class, false, ClusterTranslator::endpoints);
    private final Subscription<Listener> listeners =
            new Subscription<>(XdsNames.LISTENER_TYPE, Listener.class, true, ListenerTranslator::check);
    private final Subscription<RouteConfiguration> routes =
            new Subscription<>(XdsNames.ROUTE_TYPE, RouteConfiguration.class, false, RouteTranslator::translate);
    /** In the order in which a mesh is built up without gaps: where to, then what for. */
    private final List<Subscription<?>> all = List.of(clusters, endpoints, listeners, routes);

    private final AtomicReference<Resources> inForce;
    private final AtomicLong rejected = new AtomicLong();

    // Confined to the client's thread.
    private @Nullable ManagedChannel channel;
    private @Nullable StreamObserver<DeltaDiscoveryRequest> stream;
    private long streams;
    private Duration backoff = FIRST_BACKOFF;

    private volatile boolean published;
    private volatile boolean connected;
    private volatile boolean closed;

    /**
     * @param nodeId who the proxy is
     * @param nodeCluster the workload's name
     * @param dial makes the channel, whose callbacks run on the given executor
     * @param fixed resources of the bootstrap, always in force beside the control plane's
     */
    public XdsClient(
            String nodeId,
            String nodeCluster,
            Function<ScheduledExecutorService, ManagedChannel> dial,
            Resources fixed,
            MeshSnapshots snapshots) {
        this(nodeId, nodeCluster, dial, fixed, snapshots, channel -> {});
    }

    /** @param whenConnected told of the channel, on the client's thread, whenever the control plane answers on it anew */
    public XdsClient(
            String nodeId,
            String nodeCluster,
            Function<ScheduledExecutorService, ManagedChannel> dial,
            Resources fixed,
            MeshSnapshots snapshots,
            Consumer<Channel> whenConnected) {
        this.whenConnected = whenConnected;
        this.node = Node.newBuilder().setId(nodeId).setCluster(nodeCluster).build();
        this.dial = dial;
        this.fixed = fixed;
        this.snapshots = snapshots;
        this.inForce = new AtomicReference<>(fixed);
    }

    @Override
    public String name() {
        return "xds";
    }

    @Override
    public void start() {
        thread.execute(this::connect);
    }

    private void connect() {
        if (closed) {
            return;
        }
        long number = ++streams;
        ManagedChannel open = channel;
        if (open == null) {
            try {
                open = dial.apply(thread);
            } catch (IllegalStateException e) {
                // A sidecar may start before the control plane has written its trust anchor.
                lost(number, String.valueOf(e.getMessage()));
                return;
            }
            channel = open;
        }
        open.resetConnectBackoff(); // The channel has a backoff of its own, which would grow to two minutes.
        StreamObserver<DeltaDiscoveryRequest> requests =
                AggregatedDiscoveryServiceGrpc.newStub(open).deltaAggregatedResources(new Responses(number));
        stream = requests;
        boolean first = true;
        for (Subscription<?> subscription : all) {
            if (subscription.wanted()) {
                DeltaDiscoveryRequest.Builder request = subscription.initialRequest();
                if (first) {
                    request.setNode(node);
                    first = false;
                }
                requests.onNext(request.build());
            }
        }
    }

    /** One stream's answers, on the client's thread. A stream that has been replaced is no longer heard. */
    private final class Responses implements StreamObserver<DeltaDiscoveryResponse> {

        private final long number;

        Responses(long number) {
            this.number = number;
        }

        @Override
        public void onNext(DeltaDiscoveryResponse response) {
            StreamObserver<DeltaDiscoveryRequest> requests = stream;
            if (requests == null || number != streams) {
                return;
            }
            ManagedChannel open = channel;
            if (!connected && open != null) {
                whenConnected.accept(open);
            }
            connected = true;
            backoff = FIRST_BACKOFF;
            DeltaDiscoveryRequest.Builder answer = DeltaDiscoveryRequest.newBuilder()
                    .setTypeUrl(response.getTypeUrl())
                    .setResponseNonce(response.getNonce());
            try {
                subscription(response.getTypeUrl()).apply(response);
                requests.onNext(answer.build());
                follow(requests);
            } catch (InvalidResource e) {
                rejected.incrementAndGet();
                log.error("the control plane's configuration is refused: {}", e.getMessage());
                requests.onNext(answer.setErrorDetail(com.google.rpc.Status.newBuilder()
                                .setCode(Status.Code.INVALID_ARGUMENT.value())
                                .setMessage(String.valueOf(e.getMessage())))
                        .build());
            }
        }

        @Override
        public void onError(Throwable cause) {
            lost(number, explain(Status.fromThrowable(cause)));
        }

        @Override
        public void onCompleted() {
            lost(number, "the control plane ended the stream");
        }
    }

    /** One line; a status that prints itself brings its cause's whole stack along. */
    private static String explain(Status status) {
        Throwable cause = status.getCause();
        return status.getCode() + ": " + status.getDescription()
                + (cause == null ? "" : " (" + cause.getMessage() + ")");
    }

    private void lost(long number, String why) {
        if (closed || number != streams) {
            return;
        }
        if (connected || backoff.equals(FIRST_BACKOFF)) {
            log.warn("the control plane is away, what is in force stays: {}", why);
        }
        connected = false;
        stream = null;
        long wait = ThreadLocalRandom.current().nextLong(backoff.toMillis() / 2, backoff.toMillis() + 1);
        backoff = backoff.multipliedBy(2).compareTo(LAST_BACKOFF) < 0 ? backoff.multipliedBy(2) : LAST_BACKOFF;
        try {
            thread.schedule(this::connect, wait, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            log.debug("closed while reconnecting");
        }
    }

    private Subscription<?> subscription(String typeUrl) throws InvalidResource {
        for (Subscription<?> subscription : all) {
            if (subscription.typeUrl().equals(typeUrl)) {
                return subscription;
            }
        }
        throw new InvalidResource(typeUrl, "was not asked for");
    }

    /** Asks for what the new resources name, and publishes when nothing is missing. */
    private void follow(StreamObserver<DeltaDiscoveryRequest> requests) throws InvalidResource {
        Set<String> wantedEndpoints = new HashSet<>();
        for (Cluster cluster : clusters.resources().values()) {
            String name = ClusterTranslator.endpointsName(cluster);
            if (name != null) {
                wantedEndpoints.add(name);
            }
        }
        Set<String> wantedRoutes = new HashSet<>();
        for (Listener listener : listeners.resources().values()) {
            String name = ListenerTranslator.routesName(listener);
            if (name != null) {
                wantedRoutes.add(name);
            }
        }
        send(requests, endpoints.want(wantedEndpoints));
        send(requests, routes.want(wantedRoutes));
        Resources candidate = fixed.with(
                new Resources(listeners.resources(), routes.resources(), clusters.resources(), endpoints.resources()));
        boolean told = clusters.told() && listeners.told();
        if (told && candidate.complete() && !candidate.equals(inForce.get())) {
            MeshSnapshot snapshot = candidate.snapshot(snapshots.current().version() + 1);
            inForce.set(candidate);
            snapshots.publish(snapshot);
            published = true;
        }
    }

    private static void send(
            StreamObserver<DeltaDiscoveryRequest> requests, DeltaDiscoveryRequest.@Nullable Builder request) {
        if (request != null) {
            requests.onNext(request.build());
        }
    }

    /** True once a snapshot of the control plane's is in force, also while it is away. */
    @Override
    public boolean ready() {
        return published;
    }

    /** True while the stream is up. */
    public boolean connected() {
        return connected;
    }

    /** Responses refused since the start. */
    public long rejected() {
        return rejected.get();
    }

    /** The resources of the snapshot in force. */
    public Resources resources() {
        return inForce.get();
    }

    /** Within two seconds. The channel ends before the thread on which it calls back. */
    @Override
    public void close() {
        closed = true;
        try {
            ManagedChannel open = thread.submit(() -> channel).get(1, TimeUnit.SECONDS);
            if (open != null) {
                open.shutdownNow();
                open.awaitTermination(1, TimeUnit.SECONDS);
            }
        } catch (RejectedExecutionException e) {
            log.debug("closed before");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.warn("the stream to the control plane did not end in time");
        } finally {
            thread.shutdownNow();
        }
    }
}
