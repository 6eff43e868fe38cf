package io.tracery.proxy.http;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import io.tracery.proxy.balance.EndpointLoad;
import io.tracery.proxy.balance.Pick;
import io.tracery.proxy.exchange.Attempt;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.loop.LoopState;
import io.tracery.proxy.loop.Swept;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.MeshSnapshot;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.route.RetryPolicy.Condition;
import io.tracery.proxy.route.Route;
import io.tracery.proxy.upstream.ClusterState;
import io.tracery.proxy.upstream.Lease;
import io.tracery.proxy.upstream.UpstreamEvents.Closing;
import io.tracery.proxy.upstream.UpstreamFailure;
import io.tracery.proxy.upstream.UpstreamPool.Freshness;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.context.W3cTraceContext;
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

    // What changes as the exchange goes on.
    private @Nullable ClusterState cluster;
    private @Nullable HttpAttempt current;
    private @Nullable EndpointLoad avoid;
    private @Nullable ScheduledFuture<?> deadline;
    private Affinity affinity = Affinity.NONE;
    private boolean starting;
    private boolean responseBegun;
    private boolean upstreamKeepsAlive;
    private boolean tunnel;
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
    }

    /** Where hashes decide on the endpoint, this one does. */
    void affinity(Affinity found) {
        affinity = found;
    }

    void start() {
        String name = loop.next(route.split());
        cluster = name == null ? null : loop.cluster(snapshot, name);
        ClusterState state = cluster;
        if (state != null) {
            exchange.cluster(state.cluster());
            if (exchange.direction() == Direction.OUTBOUND) {
                exchange.peer(state.service(), "", false);
            }
        }
        loop.observer().started(exchange);
        movedNanos = exchange.startNanos();
        loop.add(this);
        if (state == null) {
            fail(Fate.NO_ENDPOINT, "no cluster takes requests of " + route.name());
            return;
        }
        state.budget().deposit();
        if (route.timeout().isPositive()) {
            deadline =
                    loop.loop().schedule(this::deadlinePassed, route.timeout().toNanos(), TimeUnit.NANOSECONDS);
        }
        // The client's handler flushes when it has read all there is.
        starting = true;
        tryOnce(state, Freshness.ANY);
        starting = false;
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
        TraceContext trace = exchange.trace();
        boolean first = exchange.attempts().isEmpty();
        TraceContext carried = trace == null || first ? trace : trace.child(loop.random());
        Attempt record = exchange.nextAttempt(carried == null ? 0 : carried.spanId(), now);
        EndpointLoad other = pick.other();
        record.picked(
                pick.chosen().endpoint(),
                pick.costMillis(),
                other == null ? null : other.endpoint(),
                pick.otherCostMillis());
        record.pickedFor(pick.reason().label(), state.balancer().leftOut());
        if (carried != null) {
            head.headers().set(W3cTraceContext.TRACEPARENT, W3cTraceContext.traceparent(carried));
        }
        HttpAttempt attempt = new HttpAttempt(this, loop.ticker(), record, pick.chosen(), state.occupancy());
        current = attempt;
        RetryPolicy retry = route.retry();
        if (retry.perTryTimeout().isPositive()) {
            attempt.timer(loop.loop()
                    .schedule(() -> perTryPassed(attempt), retry.perTryTimeout().toNanos(), TimeUnit.NANOSECONDS));
        }
        attempt.acquire(speaksHttp2(state) ? state.http2(pick.chosen()) : state.http1(pick.chosen()), freshness);
    }

    private boolean speaksHttp2(ClusterState state) {
        return switch (state.cluster().protocol()) {
            case SAME_AS_DOWNSTREAM -> exchange.protocol() != Protocol.HTTP1;
            case HTTP1 -> false;
            case HTTP2 -> true;
        };
    }

    // ---- the request ----

    void requestPiece(HttpContent piece) {
        if (exchange.ended()) {
            ReferenceCountUtil.release(piece);
            return;
        }
        exchange.received(piece.content().readableBytes());
        movedNanos = loop.ticker().nanos();
        body.add(piece);
        pump();
    }

    private void pump() {
        Lease lease = current == null ? null : current.lease();
        boolean drained = lease != null && body.writeTo(lease);
        client.reading(drained || !body.full());
    }

    void connected(HttpAttempt attempt, Lease lease) {
        ClusterState state = cluster;
        if (exchange.direction() == Direction.OUTBOUND && state != null) {
            exchange.peer(
                    attempt.load().endpoint().workload(),
                    lease.peerIdentity(),
                    state.cluster().tls() != null);
        }
        lease.write(new DefaultHttpRequest(
                HttpVersion.HTTP_1_1, head.method(), head.uri(), head.headers(), /* validateRequestLine= */ false));
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
        Lease lease = current == null ? null : current.lease();
        if (lease != null) {
            lease.flush();
        }
    }

    // ---- the response ----

    /** Whatever the endpoint says before its answer proper is passed on (RFC 9110 section 15.2): 100, 103. */
    void interim(HttpResponse interim) {
        HopByHop.remove(interim.headers());
        client.interim(interim);
    }

    void response(HttpAttempt attempt, HttpObject piece) {
        boolean last = piece instanceof LastHttpContent;
        movedNanos = loop.ticker().nanos();
        if (piece instanceof HttpResponse response) {
            int grpc = GrpcStatus.of(response.headers());
            if (retryStatus(attempt, response, grpc)) {
                ReferenceCountUtil.release(piece);
                return;
            }
            begin(response, grpc);
        }
        if (piece instanceof HttpContent content) {
            exchange.sent(content.content().readableBytes());
            if (last) {
                noteTrailers(((LastHttpContent) content).trailingHeaders());
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

    private void begin(HttpResponse response, int grpc) {
        responseBegun = true;
        body.forgetSent();
        if (affinity.newCookie() != null) {
            response.headers().add(HttpHeaderNames.SET_COOKIE, affinity.newCookie());
        }
        exchange.status(response.status().code());
        if (grpc != GrpcStatus.ABSENT) {
            exchange.grpcStatus(grpc);
        }
        upstreamKeepsAlive = HttpUtil.isKeepAlive(response);
        String switched = response.headers().get(HttpHeaderNames.UPGRADE, "");
        HopByHop.remove(response.headers());
        tunnel = Switching.done(head.method(), response);
        if (tunnel) {
            if (deadline != null) {
                deadline.cancel(false);
            }
            if (!switched.isEmpty()) {
                Switching.ask(response.headers(), switched);
            }
        }
    }

    private void noteTrailers(HttpHeaders trailers) {
        int grpc = GrpcStatus.of(trailers);
        if (grpc != GrpcStatus.ABSENT) {
            exchange.grpcStatus(grpc);
        }
    }

    private void complete(HttpAttempt attempt) {
        boolean requestDone = body.allSent();
        attempt.complete(outcome(), exchange, upstreamKeepsAlive && requestDone && !tunnel);
        client.flush();
        finish(outcome(), /* answered= */ true);
    }

    private Fate outcome() {
        if (exchange.protocol() == Protocol.GRPC && exchange.grpcStatus() != GrpcStatus.ABSENT) {
            return GrpcStatus.fate(exchange.grpcStatus());
        }
        return exchange.status() >= 500 ? Fate.APP_ERROR : Fate.SERVED;
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
        boolean unavailable = exchange.protocol() == Protocol.GRPC && grpc == GrpcStatus.UNAVAILABLE;
        if (!unavailable && !route.retry().statuses().contains(status)) {
            return false;
        }
        boolean again = decide(attempt, unavailable ? Condition.UNAVAILABLE : Condition.STATUS, unavailable);
        if (again) {
            attempt.fail(Fate.APP_ERROR, status);
            retry(attempt, Freshness.ANY);
        }
        return again;
    }

    void notConnected(HttpAttempt attempt, UpstreamFailure failure) {
        boolean again = decide(attempt, Condition.CONNECT_FAILURE, /* unprocessed= */ true);
        attempt.fail(failure.fate(), 0);
        if (again) {
            retry(attempt, Freshness.ANY);
        } else {
            fail(failure.fate(), failure.getMessage());
        }
    }

    void upstreamClosed(HttpAttempt attempt, Closing how) {
        Fate fate = switch (how) {
            case MALFORMED -> Fate.MALFORMED_RESPONSE;
            case TLS -> attempt.headSeen() ? Fate.RESET_AFTER_HEADERS : Fate.TLS_VERIFICATION;
            case CLOSED, REFUSED -> attempt.headSeen() ? Fate.RESET_AFTER_HEADERS : Fate.RESET_BEFORE_HEADERS;
        };
        boolean refused = how == Closing.REFUSED && !attempt.headSeen();
        boolean again =
                !attempt.headSeen() && decide(attempt, refused ? Condition.REFUSED_STREAM : Condition.RESET, refused);
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
            fail(fate, attempt.load().endpoint().address() + " ended the connection");
        }
    }

    private void perTryPassed(HttpAttempt attempt) {
        if (!exchange.ended() && attempt.equals(current)) {
            boolean again = decide(attempt, Condition.PER_TRY_TIMEOUT, /* unprocessed= */ attempt.lease() == null);
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
                current.fail(Fate.DEADLINE, exchange.status());
            }
            fail(Fate.DEADLINE, "no complete answer within " + route.timeout());
        }
    }

    private boolean decide(HttpAttempt attempt, Condition condition, boolean unprocessed) {
        ClusterState state = cluster;
        if (state == null) {
            return false;
        }
        Lease lease = attempt.lease();
        boolean stale = condition == Condition.RESET && lease != null && lease.reused();
        RetryVerdict verdict = !state.occupancy().admitsRetry(attempt.record().number())
                ? RetryVerdict.no("as many retries as " + state.cluster().name() + " may have are under way")
                : RetryVerdict.of(
                        new RetryVerdict.Failure(
                                condition,
                                exchange.method(),
                                exchange.attempts().size(),
                                unprocessed,
                                stale,
                                body.replayable()),
                        route.retry(),
                        state.budget());
        attempt.record().retryDecision(verdict.again(), verdict.reason());
        return verdict.again();
    }

    private void retry(HttpAttempt failed, Freshness freshness) {
        ClusterState state = cluster;
        if (state != null) {
            avoid = failed.load();
            body.rewind();
            tryOnce(state, freshness);
        }
    }

    /** Without a timeout of its route an exchange still ends when nothing moves. */
    @Override
    public void sweep(long nowNanos) {
        if (nowNanos - movedNanos > loop.limits().idleTimeout().toNanos()) {
            if (current != null) {
                current.fail(Fate.DEADLINE, exchange.status());
            }
            fail(Fate.DEADLINE, "nothing moved for " + loop.limits().idleTimeout());
        }
    }

    /** The client went away. */
    void clientGone() {
        if (!exchange.ended() && tunnel && current != null) {
            complete(current);
        } else if (!exchange.ended()) {
            if (current != null) {
                current.abandon(Fate.CLIENT_GONE);
            }
            finish(Fate.CLIENT_GONE, /* answered= */ false);
        }
    }

    /** The client sent something that is not HTTP in the middle of its request. */
    void clientMalformed(String detail) {
        if (!exchange.ended()) {
            if (current != null) {
                current.abandon(Fate.MALFORMED_REQUEST);
            }
            body.release();
            answer(Fate.MALFORMED_REQUEST, detail);
            finish(Fate.MALFORMED_REQUEST, /* answered= */ false);
        }
    }

    private void fail(Fate fate, @Nullable String detail) {
        finish(fate, answer(fate, detail == null ? "" : detail));
    }

    /** Answers for the upstream, unless that has begun to answer for itself. */
    private boolean answer(Fate fate, String detail) {
        if (responseBegun) {
            return false;
        }
        HttpResponse answer = FailureResponder.answer(fate, exchange.protocol(), detail);
        exchange.status(answer.status().code());
        if (exchange.protocol() == Protocol.GRPC) {
            exchange.grpcStatus(FailureResponder.grpcStatus(fate));
        }
        client.write(answer);
        client.flush();
        return true;
    }

    private void finish(Fate fate, boolean answered) {
        if (deadline != null) {
            deadline.cancel(false);
        }
        loop.remove(this);
        body.release();
        exchange.end(fate, loop.ticker().nanos());
        loop.observer().ended(exchange);
        client.over(answered);
    }
}
