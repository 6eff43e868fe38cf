package io.tracery.proxy.telemetry;

import io.tracery.proxy.exchange.Attempt;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Intervention;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.Endpoint;
import io.tracery.proxy.mesh.Workload;
import io.tracery.proxy.telemetry.Likenesses.Likeness;
import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.otlp.TracesEncoder;
import io.tracery.tracing.span.Fate;
import io.tracery.tracing.span.SpanKind;
import io.tracery.tracing.span.SpanStatus;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Writes an ended exchange as spans: its own, which carries the decision record as events, and, when it took more than one
 * attempt, one below it for each attempt. Confined to the exporter.
 */
final class SpanEncoder {

    /** What a client chose is cut here; a path longer than this says nothing more to a reader. */
    private static final int MAX_TEXT = 1024;

    private static final int FIRST_CLIENT_ERROR = 400;
    private static final Intervention[] INTERVENTIONS = Intervention.values();

    private final TracesEncoder out;
    private final RandomGenerator random;
    private final AddressTexts addresses = new AddressTexts();
    private final Likenesses likenesses = new Likenesses();
    private final DecisionRecord decisions;

    SpanEncoder(TracesEncoder out, RandomGenerator random) {
        this.out = out;
        this.random = random;
        this.decisions = new DecisionRecord(out, addresses);
    }

    /** How many spans {@link #encode} writes for an exchange. */
    static int spansOf(Exchange exchange) {
        int attempts = exchange.attempts().size();
        return attempts > 1 ? 1 + attempts : 1;
    }

    void encode(Exchange exchange) {
        TraceContext trace = exchange.trace();
        // Without a head that was understood there is no trace to continue; the span stands alone.
        TraceContext own = trace == null ? TraceContext.root(random) : trace;
        Likeness likeness = likenesses.of(exchange);
        // A gRPC method is a path, which the client chose.
        String name =
                likeness == null || exchange.protocol() == Protocol.GRPC ? SpanNames.of(exchange) : likeness.name();
        exchangeSpan(exchange, own, name, likeness);
        if (exchange.attempts().size() > 1) {
            for (Attempt attempt : exchange.attempts()) {
                attemptSpan(exchange, attempt, own, name);
            }
        }
    }

    private void exchangeSpan(Exchange exchange, TraceContext own, String name, @Nullable Likeness likeness) {
        boolean outbound = exchange.direction() == Direction.OUTBOUND;
        long start = exchange.startEpochNanos();
        long end = start + exchange.durationNanos();
        out.beginSpan(own, exchange.parentSpanId(), name, outbound ? SpanKind.CLIENT : SpanKind.SERVER, start, end);
        if (likeness == null) {
            int mark = out.mark();
            sharedAttributes(exchange, outbound);
            likenesses.put(exchange, name, out.since(mark));
        } else {
            out.attributes(likeness.attributes());
        }
        pathAttributes(exchange);
        stages(exchange);
        out.attribute(SpanKeys.BYTES_RECEIVED, exchange.bytesReceived());
        out.attribute(SpanKeys.BYTES_SENT, exchange.bytesSent());
        decisions.write(exchange);
        out.endSpan(
                own,
                status(fateOf(exchange), exchange.status(), outbound),
                exchange.parentSpanId() == 0 ? TracesEncoder.Parent.LOCAL : TracesEncoder.Parent.REMOTE);
    }

    /** Whatever only depends on what {@link Likenesses} compares. */
    private void sharedAttributes(Exchange exchange, boolean outbound) {
        requestAttributes(exchange);
        if (exchange.status() != 0) {
            out.attribute(SpanKeys.HTTP_STATUS, exchange.status());
        }
        if (exchange.grpcStatus() >= 0) {
            out.attribute(SpanKeys.RPC_STATUS, GrpcStatusName.of(exchange.grpcStatus()));
        }
        String route = LabelProbe.routeName(exchange);
        if (!route.isEmpty()) {
            out.attribute(SpanKeys.HTTP_ROUTE, route);
        }
        if (outbound) {
            peerAddress(exchange.endpoint());
        }
        peerAttributes(exchange, outbound);
        interventions(exchange);
        outcome(fateOf(exchange), exchange.status(), outbound);
        out.attribute(SpanKeys.ATTEMPTS, exchange.attempts().size());
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

    private void attemptSpan(Exchange exchange, Attempt attempt, TraceContext own, String name) {
        // The first attempt carried the exchange's own span id, which must stay unique.
        TraceContext self = attempt.number() == 1 ? own.child(random) : own.child(attempt.spanId());
        long start = epochNanos(exchange, attempt.startNanos());
        long end = attempt.endNanos() == 0
                ? exchange.startEpochNanos() + exchange.durationNanos()
                : epochNanos(exchange, attempt.endNanos());
        out.beginSpan(self, own.spanId(), name, SpanKind.CLIENT, start, end);
        requestAttributes(exchange);
        pathAttributes(exchange);
        if (attempt.status() != 0) {
            out.attribute(SpanKeys.HTTP_STATUS, attempt.status());
        }
        if (SpanNames.isHttp(exchange.protocol()) && attempt.number() > 1) {
            out.attribute(SpanKeys.HTTP_RESEND_COUNT, attempt.number() - 1);
        }
        Endpoint endpoint = attempt.endpoint();
        peerAddress(endpoint);
        if (endpoint != null) {
            peerWorkload(endpoint.workload());
        }
        out.attribute(SpanKeys.ATTEMPT, attempt.number());
        if (attempt.outrun()) {
            out.attribute(SpanKeys.ATTEMPT_OUTCOME, Vocabulary.OUTCOME_OUTRUN);
            out.endSpan(self, SpanStatus.UNSET, TracesEncoder.Parent.LOCAL);
            return;
        }
        Fate outcome = attempt.outcome();
        Fate fate = outcome == null ? fateOf(exchange) : outcome;
        outcome(fate, attempt.status(), true);
        out.endSpan(self, status(fate, attempt.status(), true), TracesEncoder.Parent.LOCAL);
    }

    private void requestAttributes(Exchange exchange) {
        if (!SpanNames.isHttp(exchange.protocol())) {
            if (!exchange.authority().isEmpty()) {
                out.attribute(SpanKeys.TLS_SERVER_NAME, exchange.authority());
            }
            return;
        }
        out.attribute(SpanKeys.HTTP_METHOD, SpanNames.method(exchange.method()));
        out.attribute(SpanKeys.URL_SCHEME, SpanNames.cut(exchange.scheme(), MAX_TEXT));
        serverAddress(exchange.authority());
        out.attribute(SpanKeys.NETWORK_PROTOCOL_VERSION, exchange.protocol().version());
        if (exchange.protocol() == Protocol.GRPC) {
            out.attribute(SpanKeys.RPC_SYSTEM, Vocabulary.PROTOCOL_GRPC);
        }
    }

    private void pathAttributes(Exchange exchange) {
        if (!SpanNames.isHttp(exchange.protocol())) {
            return;
        }
        out.attribute(SpanKeys.URL_PATH, SpanNames.cut(exchange.path(), MAX_TEXT));
        if (exchange.protocol() == Protocol.GRPC) {
            out.attribute(SpanKeys.RPC_METHOD, SpanNames.rpcMethod(exchange.path()));
        }
    }

    /** {@code host}, {@code host:port}, {@code [v6]} or {@code [v6]:port}, as the client wrote it. */
    private void serverAddress(String authority) {
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
        int port = withPort ? port(authority, colon + 1) : -1;
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

    private void peerAddress(@Nullable Endpoint endpoint) {
        if (endpoint != null && endpoint.address().getAddress() != null) {
            out.attribute(SpanKeys.NETWORK_PEER_ADDRESS, addresses.of(endpoint).host());
            out.attribute(SpanKeys.NETWORK_PEER_PORT, endpoint.address().getPort());
        }
    }

    private void peerAttributes(Exchange exchange, boolean outbound) {
        Workload peer = exchange.peer();
        if (peer.name().isEmpty() && outbound && exchange.cluster() != null) {
            peer = new Workload(
                    exchange.cluster().namespace(), exchange.cluster().service(), "", "");
        }
        peerWorkload(peer);
        if (outbound && !peer.name().isEmpty()) {
            out.attribute(SpanKeys.PEER_SERVICE, peer.name());
        }
        if (!exchange.peerIdentity().isEmpty()) {
            out.attribute(SpanKeys.PEER_IDENTITY, exchange.peerIdentity());
        }
        out.attribute(SpanKeys.TLS, exchange.mutualTls() ? Vocabulary.TLS_MUTUAL : Vocabulary.TLS_NONE);
    }

    private void peerWorkload(Workload peer) {
        if (!peer.name().isEmpty()) {
            out.attribute(SpanKeys.PEER_NAME, peer.name());
            out.attribute(SpanKeys.PEER_NAMESPACE, peer.namespace());
        }
        if (!peer.version().isEmpty()) {
            out.attribute(SpanKeys.PEER_VERSION, peer.version());
        }
    }

    private void outcome(Fate fate, int httpStatus, boolean clientSide) {
        out.attribute(SpanKeys.FATE, fate.label());
        if (fate != Fate.SERVED) {
            out.attribute(SpanKeys.ERROR_TYPE, fate.label());
        } else if (status(fate, httpStatus, clientSide) == SpanStatus.ERROR) {
            out.attribute(SpanKeys.ERROR_TYPE, Integer.toString(httpStatus));
        }
    }

    /** A client's error is one on the client's side only, as OpenTelemetry has it. */
    private static SpanStatus status(Fate fate, int httpStatus, boolean clientSide) {
        return fate != Fate.SERVED || (clientSide && httpStatus >= FIRST_CLIENT_ERROR)
                ? SpanStatus.ERROR
                : SpanStatus.UNSET;
    }

    /** Where the time went; of several attempts the one that decided, the earlier ones count as waiting. Stages add up to the whole. */
    private void stages(Exchange exchange) {
        Attempt last = exchange.decisive();
        if (last == null) {
            return;
        }
        long beforeLast = last.startNanos() - exchange.startNanos();
        long sinceLast = exchange.durationNanos() - beforeLast;
        out.attribute(SpanKeys.STAGE_QUEUE, beforeLast / 1_000);
        boolean connected = last.connectionReused() || last.connectNanos() > 0 || last.firstByteNanos() > 0;
        if (!connected) {
            out.attribute(SpanKeys.STAGE_CONNECT, sinceLast / 1_000);
            return;
        }
        out.attribute(SpanKeys.STAGE_CONNECT, last.connectNanos() / 1_000);
        if (last.firstByteNanos() == 0) {
            out.attribute(SpanKeys.STAGE_FIRST_BYTE, (sinceLast - last.connectNanos()) / 1_000);
            return;
        }
        out.attribute(SpanKeys.STAGE_FIRST_BYTE, (last.firstByteNanos() - last.connectNanos()) / 1_000);
        out.attribute(SpanKeys.STAGE_TRANSFER, (sinceLast - last.firstByteNanos()) / 1_000);
    }

    private static Fate fateOf(Exchange exchange) {
        Fate fate = exchange.fate();
        if (fate == null) {
            throw new IllegalArgumentException("the exchange has not ended");
        }
        return fate;
    }

    static long epochNanos(Exchange exchange, long loopNanos) {
        return exchange.startEpochNanos() + (loopNanos - exchange.startNanos());
    }
}
