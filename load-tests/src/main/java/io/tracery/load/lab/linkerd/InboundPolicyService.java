package io.tracery.load.lab.linkerd;

import com.google.protobuf.Duration;
import io.grpc.stub.StreamObserver;
import io.tracery.load.lab.linkerd.api.HttpRouteProto.HttpRouteMatch;
import io.tracery.load.lab.linkerd.api.HttpRouteProto.PathMatch;
import io.tracery.load.lab.linkerd.api.InboundProto.Authn;
import io.tracery.load.lab.linkerd.api.InboundProto.Authz;
import io.tracery.load.lab.linkerd.api.InboundProto.HttpRoute;
import io.tracery.load.lab.linkerd.api.InboundProto.Network;
import io.tracery.load.lab.linkerd.api.InboundProto.PortSpec;
import io.tracery.load.lab.linkerd.api.InboundProto.ProxyProtocol;
import io.tracery.load.lab.linkerd.api.InboundProto.Server;
import io.tracery.load.lab.linkerd.api.InboundServerPoliciesGrpc;
import io.tracery.load.lab.linkerd.api.MetaProto.Metadata;
import io.tracery.load.lab.linkerd.api.NetProto.IPAddress;
import io.tracery.load.lab.linkerd.api.NetProto.IPNetwork;

/** Who may send what to a port: anybody anything, which is Linkerd's default ({@code all-unauthenticated}). */
final class InboundPolicyService extends InboundServerPoliciesGrpc.InboundServerPoliciesImplBase {

    private static final String DEFAULT = "all-unauthenticated";

    @Override
    public void watchPort(PortSpec request, StreamObserver<Server> answer) {
        answer.onNext(policy());
    }

    static Server policy() {
        return Server.newBuilder()
                .setProtocol(ProxyProtocol.newBuilder()
                        .setDetect(ProxyProtocol.Detect.newBuilder()
                                .setTimeout(Duration.newBuilder().setSeconds(10))
                                .addHttpRoutes(HttpRoute.newBuilder()
                                        .setMetadata(Metadata.newBuilder().setDefault("default"))
                                        .addRules(HttpRoute.Rule.newBuilder()
                                                .addMatches(HttpRouteMatch.newBuilder()
                                                        .setPath(PathMatch.newBuilder()
                                                                .setPrefix("/")))))))
                .addAuthorizations(Authz.newBuilder()
                        .addNetworks(Network.newBuilder()
                                .setNet(IPNetwork.newBuilder()
                                        .setIp(IPAddress.newBuilder().setIpv4(0))
                                        .setPrefixLen(0)))
                        .setAuthentication(
                                Authn.newBuilder().setUnauthenticated(Authn.PermitUnauthenticated.getDefaultInstance()))
                        .setMetadata(Metadata.newBuilder().setDefault(DEFAULT)))
                .putLabels("group", "")
                .putLabels("kind", "default")
                .putLabels("name", DEFAULT)
                .build();
    }
}
