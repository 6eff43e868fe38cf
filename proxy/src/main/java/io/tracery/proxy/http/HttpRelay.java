package io.tracery.proxy.http;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.tracery.proxy.balance.EndpointLoad;
import io.tracery.proxy.balance.Pick;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.http.HttpAttempt.Late;
import io.tracery.proxy.loop.LoopState;
import io.tracery.proxy.loop.Swept;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.MeshSnapshot;
import io.tracery.proxy.route.ClusterSplit.Share;
import io.tracery.proxy.route.Fault;
import io.tracery.proxy.route.Quota;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.route.RetryPolicy.Condition;
import io.tracery.proxy.route.Route;
import io.tracery.proxy.upstream.ClusterState;
import io.tracery.proxy.upstream.Lease;
import io.tracery.proxy.upstream.UpstreamEvents.Closing;
import io.tracery.proxy.upstream.UpstreamFailure;
import io.tracery.proxy.upstream.UpstreamPool.Freshness;
import io.tracery.tracing.span.Fate;
import java.util.concurrent.TimeUnit;
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
    private final Retrying retrying;
    private final Answering answering;
    private final @Nullable Hedging hedging;

    // What changes as the exchange goes on.
    private @Nullable ClusterState cluster;
    private @Nullable HttpAttempt current;
    private @Nullable EndpointLoad avoid;
    private Affinity affinity = Affinity.NONE;
    private @Nullable Mirrors mirrors;
    private @Nullable FaultPlan fault;
    private @Nullable Throttle throttle;
    private boolean starting;
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
        this.retrying = new Retrying(loop, exchange, route.retry(), body, deadline);
        this.answering = new Answering(exchange, client, head.method(), route.filters());
        this.hedging = Hedging.of(loop, exchange, head, route.retry(), body);
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
        affinity = found;
        answering.cookie(found.newCookie());
    }

    void start() {
        FaultPlan plan = fault;
        if (plan != null && plan.abort() != null) {
            Fault.Abort abort = plan.abort();
            exchange.cluster(snapshot.clusters().get(exchange.listener()));
            begun();
            retrying.after(plan.delayNanos(), () -> abort(abort));
            return;
        }
        Share share = loop.next(route.split());
        cluster = share == null ? null : loop.cluster(snapshot, share.cluster());
        if (share != null) {
            answering.share(share.filters());
            RouteFilters.request(share.filters(), head.headers());
        }
        ClusterState state = cluster;
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
        retrying.after(plan == null ? 0 : plan.delayNanos(), () -> tryOnce(state, Freshness.ANY));
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

    private void tryOnce(ClusterState state, Freshness freshness) {
        long now = loop.ticker().nanos();
        UpstreamFailure refused = Shedding.refuse(state.occupancy(), exchange, head.headers());
        Pick pick = refused != null ? null : state.balancer().pick(avoid, affinity.hash(), now);
        if (pick == null) {
            UpstreamFailure why = refused == null ? state.nobodyToAsk() : refused;
            fail(why.fate(), why.getMessage());
            return;
        }
        ask(state, pick, freshness);
    }

    /** Nothing has come of the attempt for so long that another endpoint may be asked beside it. */
    private void late(Hedging hedges, HttpAttempt slow) {
        ClusterState state = cluster;
        Pick pick = state == null ? null : hedges.another(state, slow, affinity.hash());
        if (state != null && pick != null) {
            ask(state, pick, Freshness.ANY);
        }
    }

    private void ask(ClusterState state, Pick pick, Freshness freshness) {
        deadline.carryOn(head.headers(), route.retry().perTryTimeout());
        HttpAttempt attempt = HttpAttempt.begin(this, loop, exchange, state, pick);
        current = attempt;
        if (hedging != null) {
            hedging.began(attempt, () -> late(hedging, attempt));
        }
        RetryPolicy retry = route.retry();
        if (retry.perTryTimeout().isPositive()) {
            attempt.timer(loop.loop()
                    .schedule(() -> perTryPassed(attempt), retry.perTryTimeout().toNanos(), TimeUnit.NANOSECONDS));
        }
        attempt.acquire(NextHop.pool(exchange, head, state, pick), freshness);
    }

    // ---- the request ----

    void requestPiece(HttpContent piece) {
        if (exchange.ended()) {
            ReferenceCountUtil.release(piece);
            return;
        }
        exchange.received(piece.content().readableBytes());
        movedNanos = loop.ticker().nanos();
        if (mirrors != null) {
            mirrors.requestPiece(piece);
        }
        body.add(piece);
        pump();
    }

    private void pump() {
        Lease lease = current == null ? null : current.lease();
        boolean drained = lease != null && body.writeTo(lease);
        client.reading(drained || !body.full());
    }

    void connected(HttpAttempt attempt, Lease lease) {
        lease.write(attempt.head(head));
        if (hedging != null && body.copyable()) {
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
        Lease lease = current == null ? null : current.lease();
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
        Lease lease = current == null ? null : current.lease();
        if (lease != null) {
            lease.flush();
        }
    }

    // ---- the response ----

    /** Whatever the endpoint says before its answer proper is passed on (RFC 9110 section 15.2): 100, 103. */
    void interim(HttpResponse interim) {
        if (hedging == null || !hedging.racing()) {
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
            if (retryStatus(attempt, response, grpc)) {
                ReferenceCountUtil.release(piece);
                return;
            }
            begin(attempt, response, grpc);
        }
        if (piece instanceof HttpContent content) {
            exchange.sent(content.content().readableBytes());
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
        if (hedging != null) {
            hedging.won(attempt);
            current = attempt;
        }
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
        Lease lease = current == null ? null : current.lease();
        if (lease != null && client.writable()) {
            lease.reading(true);
        }
    }

    // ---- what goes wrong ----

    private boolean retryStatus(HttpAttempt attempt, HttpResponse response, int grpc) {
        int status = response.status().code();
        Condition named = exchange.protocol() == Protocol.GRPC ? GrpcStatus.condition(grpc) : null;
        if (named == null && !route.retry().statuses().contains(status)) {
            return false;
        }
        if (replaced(attempt, Fate.APP_ERROR, status)) {
            return true;
        }
        boolean again =
                decide(attempt, named == null ? Condition.STATUS : named, named != null, retrying.asked(response));
        if (again) {
            attempt.fail(Fate.APP_ERROR, status);
            retry(attempt, Freshness.ANY);
        }
        return again;
    }

    void notConnected(HttpAttempt attempt, UpstreamFailure failure) {
        if (replaced(attempt, failure.fate(), 0)) {
            return;
        }
        boolean again = decide(attempt, Condition.CONNECT_FAILURE, /* unprocessed= */ true, Retrying.NOT_ASKED);
        attempt.fail(failure.fate(), 0);
        if (again) {
            retry(attempt, Freshness.ANY);
        } else {
            fail(failure.fate(), failure.getMessage());
        }
    }

    void upstreamClosed(HttpAttempt attempt, Closing how) {
        if (throttle != null && throttle.complete()) {
            return;
        }
        Fate fate = attempt.brokenBy(how);
        if (replaced(attempt, fate, 0)) {
            return;
        }
        boolean refused = how == Closing.REFUSED && !attempt.headSeen();
        boolean again = !attempt.headSeen()
                && decide(attempt, refused ? Condition.REFUSED_STREAM : Condition.RESET, refused, Retrying.NOT_ASKED);
        Lease lease = attempt.lease();
        boolean stale = again && lease != null && lease.reused();
        if (stale) {
            // An idle connection that had been closed is not the endpoint's failure.
            attempt.abandon(fate);
        } else {
            attempt.fail(fate, exchange.status());
        }
        if (again) {
            retry(attempt, stale ? Freshness.NEW : Freshness.ANY);
        } else {
            finish(fate, answering.brokenOff(fate, attempt));
        }
    }

    /** It failed, and another that is under way takes its place. */
    private boolean replaced(HttpAttempt failed, Fate fate, int status) {
        HttpAttempt other = hedging == null ? null : hedging.instead(failed, fate, status);
        if (other != null) {
            current = other;
        }
        return other != null;
    }

    private void perTryPassed(HttpAttempt attempt) {
        if (!exchange.ended() && attempt.equals(current)) {
            boolean again = decide(
                    attempt, Condition.PER_TRY_TIMEOUT, /* unprocessed= */ attempt.lease() == null, Retrying.NOT_ASKED);
            attempt.fail(Fate.DEADLINE, 0);
            if (again) {
                retry(attempt, Freshness.ANY);
            } else {
                fail(Fate.DEADLINE, "no answer within " + route.retry().perTryTimeout());
            }
        }
    }

    private void deadlinePassed() {
        if (!exchange.ended()) {
            if (current != null) {
                current.record().retryDecision(false, "the request's time was up");
                current.outOfTime(body.complete() ? Late.ENDPOINT : Late.CLIENT);
            }
            fail(Fate.DEADLINE, "no complete answer within " + deadline);
        }
    }

    private boolean decide(HttpAttempt attempt, Condition condition, boolean unprocessed, long askedNanos) {
        ClusterState state = cluster;
        return state != null && retrying.decide(attempt, state, condition, unprocessed, askedNanos);
    }

    private void retry(HttpAttempt failed, Freshness freshness) {
        ClusterState state = cluster;
        if (state != null) {
            avoid = failed.load();
            current = null;
            body.rewind();
            retrying.again(() -> tryOnce(state, freshness));
        }
    }

    /** Without a timeout of its route an exchange still ends when nothing moves. */
    @Override
    public void sweep(long nowNanos) {
        if (nowNanos - movedNanos > loop.limits().idleTimeout().toNanos()) {
            if (current != null) {
                current.outOfTime(body.complete() ? Late.ENDPOINT : Late.CLIENT);
            }
            fail(Fate.DEADLINE, "nothing moved for " + loop.limits().idleTimeout());
        }
    }

    /** The client went away. */
    void clientGone() {
        if (!exchange.ended() && answering.tunnel() && current != null) {
            complete(current);
        } else {
            giveUp(Fate.CLIENT_GONE);
        }
    }

    /** Nobody waits for the answer any more. */
    void giveUp(Fate fate) {
        if (!exchange.ended()) {
            if (current != null) {
                current.abandon(fate);
            }
            finish(fate, /* answered= */ false);
        }
    }

    /** The client sent something that is not HTTP in the middle of its request. */
    void clientMalformed(String detail) {
        if (!exchange.ended()) {
            if (current != null) {
                current.abandon(Fate.MALFORMED_REQUEST);
            }
            body.release();
            answering.failed(Fate.MALFORMED_REQUEST, detail);
            finish(Fate.MALFORMED_REQUEST, /* answered= */ false);
        }
    }

    private void fail(Fate fate, @Nullable String detail) {
        finish(fate, answering.failed(fate, detail == null ? "" : detail));
    }

    private void finish(Fate fate, boolean answered) {
        if (mirrors != null) {
            mirrors.ended();
        }
        if (throttle != null) {
            throttle.release();
        }
        if (hedging != null) {
            hedging.end(fate, current);
        }
        deadline.cancel();
        retrying.cancel();
        loop.remove(this);
        body.release();
        exchange.end(fate, loop.ticker().nanos());
        loop.observer().ended(exchange);
        if (cluster != null) {
            cluster.bodies().ended(exchange.bytesReceived() + exchange.bytesSent());
        }
        client.over(answered);
    }
}
