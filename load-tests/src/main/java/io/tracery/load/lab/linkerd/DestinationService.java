package io.tracery.load.lab.linkerd;

import com.google.protobuf.Duration;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import io.tracery.load.lab.linkerd.api.DestinationGrpc;
import io.tracery.load.lab.linkerd.api.DestinationProto.DestinationProfile;
import io.tracery.load.lab.linkerd.api.DestinationProto.GetDestination;
import io.tracery.load.lab.linkerd.api.DestinationProto.Http2ClientParams;
import io.tracery.load.lab.linkerd.api.DestinationProto.ProtocolHint;
import io.tracery.load.lab.linkerd.api.DestinationProto.TlsIdentity;
import io.tracery.load.lab.linkerd.api.DestinationProto.Update;
import io.tracery.load.lab.linkerd.api.DestinationProto.WeightedAddr;
import io.tracery.load.lab.linkerd.api.DestinationProto.WeightedAddrSet;
import io.tracery.load.lab.linkerd.api.NetProto.IPAddress;
import io.tracery.load.lab.linkerd.api.NetProto.TcpAddress;
import java.nio.ByteBuffer;

/** Which endpoints a service has, and what an address is the address of. */
final class DestinationService extends DestinationGrpc.DestinationImplBase {

    /** As Linkerd's chart has it ({@code destinationController.meshedHttp2ClientProtobuf}). */
    private static final Http2ClientParams BETWEEN_PROXIES = Http2ClientParams.newBuilder()
            .setKeepAlive(Http2ClientParams.KeepAlive.newBuilder()
                    .setInterval(Duration.newBuilder().setSeconds(10))
                    .setTimeout(Duration.newBuilder().setSeconds(3))
                    .setWhileIdle(true))
            .build();

    private final LinkerdControlPlane controlPlane;

    DestinationService(LinkerdControlPlane controlPlane) {
        this.controlPlane = controlPlane;
    }

    @Override
    public void get(GetDestination request, StreamObserver<Update> answer) {
        try {
            String path = request.getPath();
            answer.onNext(
                    endpoints(controlPlane.find(service -> service.authority().equals(path), path)));
        } catch (StatusException e) {
            answer.onError(e);
        }
    }

    @Override
    public void getProfile(GetDestination request, StreamObserver<DestinationProfile> answer) {
        try {
            String path = request.getPath();
            answer.onNext(profile(controlPlane.find(service -> path.endsWith(":" + service.port()), path)));
        } catch (StatusException e) {
            answer.onError(e);
        }
    }

    static DestinationProfile profile(LinkerdService service) {
        return DestinationProfile.newBuilder()
                .setFullyQualifiedName(service.fullName())
                .setOpaqueProtocol(service.protocol() == LinkerdService.Protocol.OPAQUE)
                .build();
    }

    static Update endpoints(LinkerdService service) {
        WeightedAddrSet.Builder set = WeightedAddrSet.newBuilder();
        service.endpoints().forEach(endpoint -> set.addAddrs(address(endpoint)));
        return Update.newBuilder().setAdd(set).build();
    }

    /**
     * An endpoint behind a proxy gets what a Linkerd says of it by default: mutual TLS, HTTP/1 in HTTP/2
     * ({@code enableH2Upgrade}), and connections to the proxy's own port ({@code outboundTransportMode: transport-header}).
     */
    private static WeightedAddr address(LinkerdEndpoint endpoint) {
        WeightedAddr.Builder address = WeightedAddr.newBuilder()
                .setAddr(TcpAddress.newBuilder()
                        .setIp(IPAddress.newBuilder()
                                .setIpv4(ByteBuffer.wrap(endpoint.address().getAddress())
                                        .getInt()))
                        .setPort(endpoint.port()))
                .setWeight(1);
        endpoint.proxy().ifPresent(proxy -> {
            var name = TlsIdentity.DnsLikeIdentity.newBuilder().setName(proxy.identity());
            address.setTlsIdentity(
                            TlsIdentity.newBuilder().setDnsLikeIdentity(name).setServerName(name))
                    .setProtocolHint(ProtocolHint.newBuilder()
                            .setH2(ProtocolHint.H2.getDefaultInstance())
                            .setOpaqueTransport(
                                    ProtocolHint.OpaqueTransport.newBuilder().setInboundPort(proxy.inboundPort())))
                    .setHttp2(BETWEEN_PROXIES);
        });
        return address.build();
    }
}
