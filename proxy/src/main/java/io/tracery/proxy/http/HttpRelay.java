package io.tracery.proxy.http;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.loop.LoopState;
import io.tracery.proxy.loop.Swept;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.MeshSnapshot;
import io.tracery.proxy.route.ClusterSplit.Share;
import io.tracery.proxy.route.Fault;
import io.tracery.proxy.route.Quota;
import io.tracery.proxy.route.Route;
import io.tracery.proxy.upstream.ClusterState;
import io.tracery.proxy.upstream.Lease;
import io.tracery.proxy.upstream.UpstreamEvents.Closing;
import io.tracery.proxy.upstream.UpstreamFailure;
import io.tracery.tracing.span.Fate;
import org.jspecify.annotations.Nullable;

/**
 * Carries one HTTP exchange: sends the request to an endpoint, again where that is right, and passes the answer on as it
 * comes. Every path through it ends in {@link #finish}. Confined to the event loop of the client's connection.
 */
final class HttpRelay implements Swept {

    private final LoopState loop;
    private final MeshSnapshot snapshot;
    private final Exchange exchange;
    private final Client client;
    private final HttpRequest head;
    private final Route route;
    private final RequestBody body;
    private final Deadline deadline;
    private final Attempts attempts;
    private final Answering answering;

    // What changes as the exchange goes on.
    private @Nullable Mirrors mirrors;
    private @Nullable FaultPlan fault;
    private @Nullable Throttle throttle;
    private @Nullable GrpcMessages requestMessages;
    private @Nullable GrpcMessages responseMessages;
    private boolean starting;
    private boolean brokenByClient;
    private long movedNanos;

    /**
     * @param head of the request as it goes upstream: hop-by-hop headers are off
     * @param route already found
     */
    HttpRelay(LoopState loop, MeshSnapshot snapshot, Exchange exchange, Client client, HttpRequest head, Route route) {
        this.loop = loop;
        this.snapshot = snapshot;
        this.exchange = exchange;
        this.client = client;
        this.head = head;
        this.route = route;
        this.body = new RequestBody(loop.limits().replayBytes());
        this.deadline = new Deadline(loop, exchange.protocol(), route, head.headers());
        this.attempts = new Attempts(this, loop, exchange, head, route, body, deadline);
        this.answering = new Answering(exchange, client, head.method(), route.filters());
        if (exchange.protocol() == Protocol.GRPC) {
            requestMessages = new GrpcMessages();
            responseMessages = new GrpcMessages();
        }
    }

    /** What the route's fault does to it; before the start. */
    void inject(@Nullable FaultPlan plan) {
        fault = plan;
        if (plan != null && plan.bytesPerSecond() > 0) {
            throttle = new Throttle(loop, this, client, plan.bytesPerSecond());
        }
    }

    /** What the route's limit said of it, for whoever reads the answer. */
    void quota(@Nullable Quota said) {
        answering.quota(said);
    }

    /** Where hashes decide on the endpoint, this one does. */
    void affinity(Affinity found) {
        attempts.affinity(found);
        answering.cookie(found.newCookie());
    }

    void start() {
        FaultPlan plan = fault;
        if (plan != null && plan.abort() != null) {
            Fault.Abort abort = plan.abort();
            exchange.cluster(snapshot.clusters().get(exchange.listener()));
            begun();
            attempts.instead(plan.delayNanos(), () -> abort(abort));
            return;
        }
        Share share = loop.next(route.split());
        ClusterState state = share == null ? null : loop.cluster(snapshot, share.cluster());
        if (share != null) {
            answering.share(share.filters());
            RouteFilters.request(share.filters(), head.headers());
        }
        if (state != null) {
            exchange.cluster(state.cluster());
            if (exchange.direction() == Direction.OUTBOUND) {
                exchange.peer(state.service(), "", false);
            }
        }
        begun();
        if (state == null) {
            fail(Fate.NO_ENDPOINT, "no cluster takes requests of " + route.name());
            return;
        }
        state.budget().deposit();
        mirrors = Mirrors.begin(loop, snapshot, exchange, head, route);
        // The client's handler flushes when it has read all there is.
        starting = true;
        attempts.begin(state, plan == null ? 0 : plan.delayNanos());
        starting = false;
    }

    private void begun() {
        loop.observer().started(exchange);
        movedNanos = exchange.startNanos();
        loop.add(this);
        deadline.start(this::deadlinePassed);
    }

    private void abort(Fault.Abort abort) {
        answering.own(FailureResponder.injected(abort, exchange.protocol()), FailureResponder.grpcStatus(abort));
        finish(Fate.FAULT_INJECTED, /* answered= */ true);
    }

    // ---- the request ----

    void requestPiece(HttpContent piece) {
        if (exchange.ended()) {
            ReferenceCountUtil.release(piece);
            return;
        }
        exchange.received(piece.content().readableBytes());
        if (requestMessages != null) {
            exchange.receivedMessages(requestMessages.in(piece.content()));
        }
        movedNanos = loop.ticker().nanos();
        if (mirrors != null) {
            mirrors.requestPiece(piece);
        }
        body.add(piece);
        pump();
    }

    private void pump() {
        Lease lease = attempts.lease();
        boolean drained = lease != null && body.writeTo(lease);
        client.reading(drained || !body.full());
    }

    void connected(HttpAttempt attempt, Lease lease) {
        lease.write(attempt.head(head));
        if (attempts.hedged() && body.copyable()) {
            body.copyTo(lease);
        }
        pump();
        if (!starting) {
            lease.flush();
        }
    }

    /**
     * More may be written, or no more for now. The latter is told from within a write, where another write would come
     * between the parts of the first.
     */
    void upstreamWritabilityChanged() {
        Lease lease = attempts.lease();
        if (lease != null && lease.writable()) {
            pump();
            lease.flush();
        }
    }

    /** The client has sent nothing more for the moment: what was passed on goes out, head and body in one. */
    void flushRequest() {
        if (mirrors != null) {
            mirrors.flushRequest();
        }
        Lease lease = attempts.lease();
        if (lease != null) {
            lease.flush();
        }
    }

    // ---- the response ----

    /** Whatever the endpoint says before its answer proper is passed on (RFC 9110 section 15.2): 100, 103. */
    void interim(HttpResponse interim) {
        if (!attempts.racing()) {
            HopByHop.remove(interim.headers());
            client.interim(interim);
        }
    }

    void response(HttpAttempt attempt, HttpObject piece) {
        if (throttle != null
                && !answering.tunnel()
                && piece instanceof HttpContent content
                && !(piece instanceof HttpResponse)) {
            throttle.add(attempt, content);
        } else {
            pass(attempt, piece);
        }
    }

    void pass(HttpAttempt attempt, HttpObject piece) {
        boolean last = piece instanceof LastHttpContent;
        movedNanos = loop.ticker().nanos();
        if (piece instanceof HttpResponse response) {
            int grpc = GrpcStatus.of(response.headers());
            if (attempts.unwanted(attempt, response, grpc)) {
                ReferenceCountUtil.release(piece);
                return;
            }
            begin(attempt, response, grpc);
        }
        if (piece instanceof HttpContent content) {
            exchange.sent(content.content().readableBytes());
            if (responseMessages != null) {
                exchange.sentMessages(responseMessages.in(content.content()));
            }
            if (last) {
                GrpcStatus.note(GrpcStatus.of(((LastHttpContent) content).trailingHeaders()), exchange);
            }
        }
        client.write(piece);
        if (last) {
            complete(attempt);
        } else {
            Lease lease = attempt.lease();
            if (lease != null && !client.writable()) {
                lease.reading(false);
            }
        }
    }

    private void begin(HttpAttempt attempt, HttpResponse response, int grpc) {
        attempts.won(attempt);
        body.forgetSent();
        answering.pass(response, grpc);
        if (answering.tunnel()) {
            deadline.cancel();
        }
    }

    private void complete(HttpAttempt attempt) {
        boolean requestDone = body.allSent();
        Fate outcome = GrpcStatus.outcome(exchange);
        attempt.complete(outcome, requestDone && answering.upstreamKeepsAlive());
        client.flush();
        finish(outcome, /* answered= */ true);
    }

    void flushResponse() {
        client.flush();
    }

    void clientWritable() {
        Lease lease = attempts.lease();
        if (lease != null && client.writable()) {
            lease.reading(true);
        }
    }

    // ---- what goes wrong ----

    void notConnected(HttpAttempt attempt, UpstreamFailure failure) {
        attempts.notConnected(attempt, failure);
    }

    void upstreamClosed(HttpAttempt attempt, Closing how) {
        if (throttle == null || !throttle.complete()) {
            attempts.closed(attempt, how);
        }
    }

    /** Nothing better can be had than what has come of the attempt so far. */
    void brokenOff(Fate fate, HttpAttempt attempt) {
        finish(fate, answering.brokenOff(fate, attempt));
    }

    private void deadlinePassed() {
        if (!exchange.ended()) {
            HttpAttempt current = attempts.current();
            if (current != null) {
                current.record().retryDecision(false, "the request's time was up");
            }
            attempts.outOfTime();
            fail(Fate.DEADLINE, "no complete answer within " + deadline);
        }
    }

    /** Without a timeout of its route an exchange still ends when nothing moves. */
    @Override
    public void sweep(long nowNanos) {
        if (nowNanos - movedNanos > loop.limits().idleTimeout().toNanos()) {
            if (answering.tunnel()) {
                // Two sides that have nothing to say to each other: neither is to blame.
                attempts.abandon(Fate.DEADLINE);
                client.brokenOff(Switching.brokenOff(head.method()));
            } else {
                attempts.outOfTime();
            }
            fail(Fate.DEADLINE, "nothing moved for " + loop.limits().idleTimeout());
        }
    }

    /** The client breaks its request off; {@link #clientGone} follows. */
    void clientReset(long http2Error) {
        brokenByClient = true;
        Lease lease = attempts.lease();
        if (lease != null) {
            lease.closesWith(http2Error);
        }
    }

    @Override
    public double pace(long nowNanos) {
        Lease lease = attempts.lease();
        boolean waits = !client.writable() || (lease != null && !lease.writable());
        return waits ? exchange.pace(nowNanos) : Double.POSITIVE_INFINITY;
    }

    @Override
    public void drop() {
        giveUp(Fate.BREAKER_OPEN);
        client.drop();
    }

    /** The client went away. */
    void clientGone() {
        HttpAttempt current = attempts.current();
        if (!exchange.ended() && answering.tunnel() && !brokenByClient && current != null) {
            complete(current);
        } else {
            giveUp(Fate.CLIENT_GONE);
        }
    }

    /** Nobody waits for the answer any more. */
    void giveUp(Fate fate) {
        if (!exchange.ended()) {
            attempts.abandon(fate);
            finish(fate, /* answered= */ false);
        }
    }

    /** The client sent something that is not HTTP in the middle of its request. */
    void clientMalformed(String detail) {
        if (!exchange.ended()) {
            attempts.abandon(Fate.MALFORMED_REQUEST);
            body.release();
            answering.failed(Fate.MALFORMED_REQUEST, detail);
            finish(Fate.MALFORMED_REQUEST, /* answered= */ false);
        }
    }

    void fail(Fate fate, @Nullable String detail) {
        finish(fate, answering.failed(fate, detail == null ? "" : detail));
    }

    private void finish(Fate fate, boolean answered) {
        if (mirrors != null) {
            mirrors.ended();
        }
        if (throttle != null) {
            throttle.release();
        }
        deadline.cancel();
        loop.remove(this);
        body.release();
        attempts.ended(fate);
        exchange.end(fate, loop.ticker().nanos());
        loop.observer().ended(exchange);
        client.over(answered);
    }
}
