package io.tracery.proxy.telemetry;

import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Intervention;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.Endpoint;
import io.tracery.proxy.mesh.Workload;
import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.otlp.TracesEncoder;
import io.tracery.tracing.span.Fate;
import io.tracery.tracing.span.SpanStatus;
import org.jspecify.annotations.Nullable;

/** What spans say of an exchange and exchanges of one kind have in common: who asked whom for what, and how it ended. */
final class SpanAttributes {

    /** What a client chose is cut here; a path longer than this says nothing more to a reader. */
    static final int MAX_TEXT = 1024;

    private static final int FIRST_CLIENT_ERROR = 400;
    private static final int GRPC_OK = 0;
    private static final Intervention[] INTERVENTIONS = Intervention.values();

    private final TracesEncoder out;
    private final AddressTexts addresses;

    SpanAttributes(TracesEncoder out, AddressTexts addresses) {
        this.out = out;
        this.addresses = addresses;
    }

    /** All that spans of one kind of exchange have in common, and {@link Likenesses} compares. */
    void shared(Exchange exchange) {
        boolean outbound = exchange.direction() == Direction.OUTBOUND;
        request(exchange, outbound);
        if (exchange.protocol() == Protocol.GRPC) {
            path(exchange);
        }
        if (exchange.status() != 0) {
            out.attribute(SpanKeys.HTTP_STATUS, exchange.status());
        }
        if (exchange.grpcStatus() >= 0) {
            out.attribute(SpanKeys.RPC_STATUS, GrpcStatusName.of(exchange.grpcStatus()));
        }
        route(exchange);
        if (outbound) {
            peerAddress(exchange.endpoint());
        }
        peer(exchange, outbound);
        interventions(exchange);
        outcome(SpanEncoder.fateOf(exchange), exchange.status(), exchange.grpcStatus(), outbound);
        int attempts = exchange.attempts().size();
        if (attempts != 1) {
            out.attribute(SpanKeys.ATTEMPTS, attempts);
        }
    }

    private void route(Exchange exchange) {
        String template = LabelProbe.templateOf(exchange);
        if (!template.isEmpty()) {
            out.attribute(SpanKeys.HTTP_ROUTE, template);
        }
        String route = LabelProbe.routeName(exchange);
        if (!route.isEmpty()) {
            out.attribute(SpanKeys.ROUTE, route);
        }
        Cluster cluster = exchange.cluster();
        if (cluster != null) {
            out.attribute(SpanKeys.CLUSTER, cluster.name());
        }
    }

    void request(Exchange exchange, boolean clientSide) {
        if (!SpanNames.isHttp(exchange.protocol())) {
            if (!exchange.authority().isEmpty()) {
                out.attribute(SpanKeys.TLS_SERVER_NAME, exchange.authority());
            }
            return;
        }
        out.attribute(SpanKeys.HTTP_METHOD, SpanNames.method(exchange.method()));
        // Of a request that could not be read there is neither this nor a path.
        if (!exchange.scheme().isEmpty()) {
            out.attribute(SpanKeys.URL_SCHEME, SpanNames.cut(exchange.scheme(), MAX_TEXT));
        }
        serverAddress(exchange.authority(), clientSide ? standardPort(exchange.scheme()) : -1);
        out.attribute(SpanKeys.NETWORK_PROTOCOL_VERSION, exchange.protocol().version());
        if (exchange.protocol() == Protocol.GRPC) {
            out.attribute(SpanKeys.RPC_SYSTEM, Vocabulary.PROTOCOL_GRPC);
        }
    }

    /** The path that the client asked for; a gRPC method has it for a name, too. */
    void path(Exchange exchange) {
        if (!exchange.path().isEmpty()) {
            out.attribute(SpanKeys.URL_PATH, SpanNames.cut(exchange.path(), MAX_TEXT));
        }
        if (exchange.protocol() == Protocol.GRPC) {
            out.attribute(SpanKeys.RPC_METHOD, SpanNames.rpcMethod(exchange.path()));
        }
    }

    /** Where a client's authority says none. */
    private static int standardPort(String scheme) {
        return scheme.equals("https") ? 443 : 80;
    }

    /** {@code host}, {@code host:port}, {@code [v6]} or {@code [v6]:port}, as the client wrote it. */
    private void serverAddress(String authority, int standardPort) {
        if (authority.isEmpty()) {
            return;
        }
        int colon = authority.lastIndexOf(':');
        int bracket = authority.lastIndexOf(']');
        boolean withPort = colon > bracket && colon > 0 && colon == authority.indexOf(':', Math.max(bracket, 0));
        String host = withPort ? authority.substring(0, colon) : authority;
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        out.attribute(SpanKeys.SERVER_ADDRESS, SpanNames.cut(host, MAX_TEXT));
        int port = withPort ? port(authority, colon + 1) : standardPort;
        if (port > 0) {
            out.attribute(SpanKeys.SERVER_PORT, port);
        }
    }

    private static int port(String authority, int from) {
        int port = 0;
        for (int i = from; i < authority.length() && port <= 0xffff; i++) {
            char c = authority.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            port = port * 10 + (c - '0');
        }
        return port <= 0xffff ? port : -1;
    }

    void peerAddress(@Nullable Endpoint endpoint) {
        if (endpoint != null && endpoint.address().getAddress() != null) {
            out.attribute(SpanKeys.NETWORK_PEER_ADDRESS, addresses.of(endpoint).host());
            out.attribute(SpanKeys.NETWORK_PEER_PORT, endpoint.address().getPort());
        }
    }

    private void peer(Exchange exchange, boolean outbound) {
        Workload peer = exchange.peer();
        if (peer.name().isEmpty() && outbound && exchange.cluster() != null) {
            peer = new Workload(
                    exchange.cluster().namespace(), exchange.cluster().service(), "", "");
        }
        peerWorkload(peer);
        if (!exchange.peerIdentity().isEmpty()) {
            out.attribute(SpanKeys.PEER_IDENTITY, exchange.peerIdentity());
        }
        out.attribute(SpanKeys.TLS, exchange.mutualTls() ? Vocabulary.TLS_MUTUAL : Vocabulary.TLS_NONE);
    }

    void peerWorkload(Workload peer) {
        if (!peer.name().isEmpty()) {
            out.attribute(SpanKeys.PEER_NAME, peer.name());
            out.attribute(SpanKeys.PEER_NAMESPACE, peer.namespace());
        }
        if (!peer.version().isEmpty()) {
            out.attribute(SpanKeys.PEER_VERSION, peer.version());
        }
    }

    private void interventions(Exchange exchange) {
        String all = "";
        for (Intervention intervention : INTERVENTIONS) {
            if (exchange.intervened(intervention)) {
                all = all.isEmpty() ? intervention.label() : all + "," + intervention.label();
            }
        }
        if (!all.isEmpty()) {
            out.attribute(SpanKeys.INTERVENTION, all);
        }
    }

    /**
     * @param httpStatus 0 where there was none
     * @param grpcStatus -1 where there was none
     */
    void outcome(Fate fate, int httpStatus, int grpcStatus, boolean clientSide) {
        out.attribute(SpanKeys.FATE, fate.label());
        if (status(fate, httpStatus, grpcStatus, clientSide) == SpanStatus.ERROR) {
            out.attribute(SpanKeys.ERROR_TYPE, errorType(fate, httpStatus, grpcStatus));
        }
    }

    private static String errorType(Fate fate, int httpStatus, int grpcStatus) {
        if (fate != Fate.SERVED) {
            return fate.label();
        }
        return grpcStatus > GRPC_OK ? GrpcStatusName.of(grpcStatus) : Integer.toString(httpStatus);
    }

    /** A client's error is one on the client's side only, as OpenTelemetry has it. */
    static SpanStatus status(Fate fate, int httpStatus, int grpcStatus, boolean clientSide) {
        return fate != Fate.SERVED || (clientSide && (httpStatus >= FIRST_CLIENT_ERROR || grpcStatus > GRPC_OK))
                ? SpanStatus.ERROR
                : SpanStatus.UNSET;
    }
}
