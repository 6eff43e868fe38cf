package io.tracery.controlplane.xds;

import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tracery.controlplane.api.XdsNames;
import io.tracery.controlplane.model.MeshModel;
import io.tracery.controlplane.model.Sidecar;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps proxies up to date (xDS v3, aggregated): incrementally, or the whole of a type at a time for clients that want it
 * so. Each proxy is sent only what its Sidecar object lets its application call.
 */
public final class AdsService extends AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase {

    private static final Logger log = LoggerFactory.getLogger(AdsService.class);

    private final String trustDomain;
    private final AtomicReference<Published> published = new AtomicReference<>(new Published(MeshModel.EMPTY));
    private final Set<XdsStream> streams = ConcurrentHashMap.newKeySet();
    private final Counter pushes;
    private final Counter refusals;

    /** A model and the views made of it so far; views are made once, when the first stream of a node asks. */
    private record Published(MeshModel model, Map<String, NodeView> views) {

        Published(MeshModel model) {
            this(model, new ConcurrentHashMap<>());
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

    /** What a node is to know now. A node that no Sidecar describes knows nothing. */
    NodeView view(String nodeId) {
        Published now = published.get();
        return now.views().computeIfAbsent(nodeId, id -> {
            for (Sidecar sidecar : now.model().sidecars().values()) {
                if (XdsNames.nodeId(sidecar.name().namespace(), sidecar.name().name())
                        .equals(id)) {
                    return NodeView.of(now.model(), sidecar, trustDomain);
                }
            }
            log.warn("{} asks for configuration and no Sidecar object describes it", id);
            return NodeView.EMPTY;
        });
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

    @Override
    public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
            StreamObserver<DeltaDiscoveryResponse> responses) {
        DeltaStream stream = new DeltaStream(this, responses);
        streams.add(stream);
        return stream;
    }

    @Override
    public StreamObserver<DiscoveryRequest> streamAggregatedResources(StreamObserver<DiscoveryResponse> responses) {
        WholeStateStream stream = new WholeStateStream(this, responses);
        streams.add(stream);
        return stream;
    }
}
