package io.tracery.load.lab.linkerd;

import com.google.protobuf.Duration;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import io.tracery.load.lab.linkerd.api.HttpRouteProto.HttpRouteMatch;
import io.tracery.load.lab.linkerd.api.HttpRouteProto.PathMatch;
import io.tracery.load.lab.linkerd.api.MetaProto.Metadata;
import io.tracery.load.lab.linkerd.api.MetaProto.Resource;
import io.tracery.load.lab.linkerd.api.OutboundPoliciesGrpc;
import io.tracery.load.lab.linkerd.api.OutboundProto.Backend;
import io.tracery.load.lab.linkerd.api.OutboundProto.Distribution;
import io.tracery.load.lab.linkerd.api.OutboundProto.HttpRoute;
import io.tracery.load.lab.linkerd.api.OutboundProto.OpaqueRoute;
import io.tracery.load.lab.linkerd.api.OutboundProto.OutboundPolicy;
import io.tracery.load.lab.linkerd.api.OutboundProto.ProxyProtocol;
import io.tracery.load.lab.linkerd.api.OutboundProto.Queue;
import io.tracery.load.lab.linkerd.api.OutboundProto.RouteBackend;
import io.tracery.load.lab.linkerd.api.OutboundProto.TrafficSpec;

/**
 * How connections are routed: everything to the service's balancer, which is P2C with peak EWMA. Figures are those of
 * Linkerd's policy controller for a Service without routes; there are no retries, no timeouts and no circuit breaking.
 */
final class OutboundPolicyService extends OutboundPoliciesGrpc.OutboundPoliciesImplBase {

    private static final Duration DETECT_TIMEOUT =
            Duration.newBuilder().setSeconds(10).build();
    private static final Duration DEFAULT_RTT =
            Duration.newBuilder().setNanos(30_000_000).build();
    private static final Duration RTT_DECAY =
            Duration.newBuilder().setSeconds(10).build();
    private static final Queue QUEUE = Queue.newBuilder()
            .setCapacity(100)
            .setFailfastTimeout(Duration.newBuilder().setSeconds(3))
            .build();

    private final LinkerdControlPlane controlPlane;

    OutboundPolicyService(LinkerdControlPlane controlPlane) {
        this.controlPlane = controlPlane;
    }

    @Override
    public void watch(TrafficSpec request, StreamObserver<OutboundPolicy> answer) {
        try {
            int port = request.getAddr().getPort();
            answer.onNext(policy(controlPlane.find(service -> service.port() == port, "at port " + port)));
        } catch (StatusException e) {
            answer.onError(e);
        }
    }

    static OutboundPolicy policy(LinkerdService service) {
        Distribution toBalancer = toBalancer(service);
        ProxyProtocol.Opaque opaque = ProxyProtocol.Opaque.newBuilder()
                .addRoutes(OpaqueRoute.newBuilder()
                        .setMetadata(Metadata.newBuilder().setDefault("opaq"))
                        .addRules(OpaqueRoute.Rule.newBuilder().setBackends(toBalancer)))
                .build();
        ProxyProtocol.Http http = ProxyProtocol.Http.newBuilder()
                .addRoutes(HttpRoute.newBuilder()
                        .setMetadata(Metadata.newBuilder().setDefault("http"))
                        .addRules(HttpRoute.Rule.newBuilder()
                                .addMatches(HttpRouteMatch.newBuilder()
                                        .setPath(PathMatch.newBuilder().setPrefix("/")))
                                .setBackends(toBalancer)))
                .build();
        ProxyProtocol.Builder protocol = ProxyProtocol.newBuilder();
        switch (service.protocol()) {
            case OPAQUE -> protocol.setOpaque(opaque);
            case DETECT ->
                protocol.setDetect(ProxyProtocol.Detect.newBuilder()
                        .setTimeout(DETECT_TIMEOUT)
                        .setOpaque(opaque)
                        .setHttp1(http)
                        .setHttp2(http));
        }
        return OutboundPolicy.newBuilder()
                .setProtocol(protocol)
                .setMetadata(metadata(service))
                .build();
    }

    private static Distribution toBalancer(LinkerdService service) {
        Backend backend = Backend.newBuilder()
                .setMetadata(metadata(service))
                .setBalancer(Backend.BalanceP2c.newBuilder()
                        .setDiscovery(Backend.EndpointDiscovery.newBuilder()
                                .setDst(Backend.EndpointDiscovery.DestinationGet.newBuilder()
                                        .setPath(service.authority())))
                        .setPeakEwma(Backend.BalanceP2c.PeakEwma.newBuilder()
                                .setDefaultRtt(DEFAULT_RTT)
                                .setDecay(RTT_DECAY)))
                .setQueue(QUEUE)
                .build();
        return Distribution.newBuilder()
                .setFirstAvailable(Distribution.FirstAvailable.newBuilder()
                        .addBackends(RouteBackend.newBuilder().setBackend(backend)))
                .build();
    }

    private static Metadata metadata(LinkerdService service) {
        return Metadata.newBuilder()
                .setResource(Resource.newBuilder()
                        .setGroup("core")
                        .setKind("Service")
                        .setName(service.name())
                        .setNamespace(LinkerdService.NAMESPACE)
                        .setPort(service.port()))
                .build();
    }
}
