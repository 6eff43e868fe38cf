package io.tracery.controlplane.xds;

import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tracery.controlplane.api.XdsNames;
import io.tracery.controlplane.model.MeshModel;
import io.tracery.controlplane.model.Sidecar;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps proxies up to date (xDS v3, aggregated): incrementally, or the whole of a type at a time for clients that want it
 * so. Each proxy is sent only what its Sidecar object lets its application call.
 */
public final class AdsService extends AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase {

    private static final Logger log = LoggerFactory.getLogger(AdsService.class);

    private final String trustDomain;
    /** Null until there is a model: proxies that run on an earlier one must not be told that everything is gone. */
    private final AtomicReference<@Nullable Published> published = new AtomicReference<>();

    private final Set<XdsStream> streams = ConcurrentHashMap.newKeySet();
    private final Counter pushes;
    private final Counter refusals;

    /** A model and the views made of it so far; views are made once, when the first stream of a node asks. */
    private record Published(MeshModel model, Map<String, Sidecar> nodes, Map<String, NodeView> views) {

        Published(MeshModel model) {
            this(
                    model,
                    model.sidecars().values().stream()
                            .collect(Collectors.toUnmodifiableMap(
                                    sidecar -> XdsNames.nodeId(
                                            sidecar.name().namespace(),
                                            sidecar.name().name()),
                                    Function.identity())),
                    new ConcurrentHashMap<>());
        }
    }

    public AdsService(String trustDomain, MeterRegistry registry) {
        this.trustDomain = trustDomain;
        this.pushes = Counter.builder("tracery.xds.pushes")
                .description("Responses sent to proxies")
                .register(registry);
        this.refusals = Counter.builder("tracery.xds.refusals")
                .description("Responses that a proxy refused (NACK)")
                .register(registry);
        Gauge.builder("tracery.xds.streams", streams, Set::size)
                .description("Proxies connected")
                .register(registry);
    }

    /** Puts a model in force and tells every connected proxy what has changed for it. */
    public void publish(MeshModel model) {
        published.set(new Published(model));
        streams.forEach(XdsStream::refresh);
    }

    /** What a node is to know now; nothing for a node that no Sidecar describes; null while there is no model. */
    @Nullable
    NodeView view(String nodeId) {
        Published now = published.get();
        if (now == null) {
            return null;
        }
        Sidecar sidecar = now.nodes().get(nodeId);
        return sidecar == null
                ? NodeView.EMPTY
                : now.views().computeIfAbsent(nodeId, id -> NodeView.of(now.model(), sidecar, trustDomain));
    }

    /** The Sidecar object that describes a node; null where none does, or while there is no model. */
    public @Nullable Sidecar sidecar(String nodeId) {
        Published now = published.get();
        return now == null ? null : now.nodes().get(nodeId);
    }

    /** A proxy has said who it is. */
    void connected(String nodeId) {
        Published now = published.get();
        if (now == null) {
            log.info("{} is connected and waits until a mesh configuration is in force", nodeId);
        } else if (now.nodes().containsKey(nodeId)) {
            log.info("{} is connected", nodeId);
        } else {
            log.warn(
                    "{} is connected and no Sidecar object describes it, so it gets nothing; known: {}",
                    nodeId,
                    new TreeSet<>(now.nodes().keySet()));
        }
    }

    void pushed() {
        pushes.increment();
    }

    void refused(String nodeId, String typeUrl, String why) {
        refusals.increment();
        log.error("{} refuses {}: {}", nodeId, typeUrl, why);
    }

    void ended(XdsStream stream) {
        streams.remove(stream);
    }

    /** With a handler, what is sent to a proxy that has just gone is dropped; without one it would be thrown back. */
    private static <R> StreamObserver<R> outliving(StreamObserver<R> responses) {
        ((ServerCallStreamObserver<R>) responses).setOnCancelHandler(() -> {});
        return responses;
    }

    @Override
    public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
            StreamObserver<DeltaDiscoveryResponse> responses) {
        DeltaStream stream = new DeltaStream(this, outliving(responses));
        streams.add(stream);
        return stream;
    }

    @Override
    public StreamObserver<DiscoveryRequest> streamAggregatedResources(StreamObserver<DiscoveryResponse> responses) {
        WholeStateStream stream = new WholeStateStream(this, outliving(responses));
        streams.add(stream);
        return stream;
    }
}
