package io.tracery.proxy.http;

import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.tracery.proxy.balance.EndpointLoad;
import io.tracery.proxy.balance.Pick;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.http.HttpAttempt.Late;
import io.tracery.proxy.loop.LoopState;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.route.RetryPolicy.Condition;
import io.tracery.proxy.route.Route;
import io.tracery.proxy.upstream.ClusterState;
import io.tracery.proxy.upstream.Lease;
import io.tracery.proxy.upstream.UpstreamEvents.Closing;
import io.tracery.proxy.upstream.UpstreamFailure;
import io.tracery.proxy.upstream.UpstreamPool;
import io.tracery.proxy.upstream.UpstreamPool.Freshness;
import io.tracery.tracing.span.Fate;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one exchange, one after the other or, where its route hedges, beside each other: whom to ask, and what
 * follows where one comes to nothing. Confined to the event loop of the client's connection.
 */
final class Attempts {

    private final HttpRelay relay;
    private final LoopState loop;
    private final Exchange exchange;
    private final HttpRequest head;
    private final Route route;
    private final RequestBody body;
    private final Deadline deadline;
    private final Retrying retrying;
    private final @Nullable Hedging hedging;

    // Known when the exchange starts.
    private @Nullable ClusterState cluster;
    private Affinity affinity = Affinity.NONE;

    // What changes as the exchange goes on.
    private @Nullable HttpAttempt current;
    private @Nullable EndpointLoad avoid;

    Attempts(
            HttpRelay relay,
            LoopState loop,
            Exchange exchange,
            HttpRequest head,
            Route route,
            RequestBody body,
            Deadline deadline) {
        this.relay = relay;
        this.loop = loop;
        this.exchange = exchange;
        this.head = head;
        this.route = route;
        this.body = body;
        this.deadline = deadline;
        this.retrying = new Retrying(loop, exchange, route.retry(), body, deadline);
        this.hedging = Hedging.of(loop, exchange, head, route.retry(), body);
    }

    /** Where hashes decide on the endpoint, this one does. */
    void affinity(Affinity found) {
        affinity = found;
    }

    // ---- whom to ask ----

    /** The first of them, after so long. */
    void begin(ClusterState state, long delayNanos) {
        cluster = state;
        retrying.after(delayNanos, () -> tryOnce(state, Freshness.ANY));
    }

    /** Does something else than ask, after so long. */
    void instead(long delayNanos, Runnable other) {
        retrying.after(delayNanos, other);
    }

    private void tryOnce(ClusterState state, Freshness freshness) {
        long now = loop.ticker().nanos();
        UpstreamFailure refused = Shedding.refuse(loop.memory(), state.occupancy(), exchange, head.headers());
        Pick pick = refused != null ? null : state.balancer().pick(avoid, affinity.hash(), now);
        if (pick == null) {
            UpstreamFailure why = refused == null ? state.nobodyToAsk() : refused;
            if (refused != null) {
                exchange.shed(String.valueOf(refused.getMessage()));
            }
            relay.fail(why.fate(), why.getMessage());
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
        HttpAttempt attempt = HttpAttempt.begin(relay, loop, exchange, state, pick);
        current = attempt;
        if (hedging != null) {
            hedging.began(attempt, () -> late(hedging, attempt));
        }
        RetryPolicy retry = route.retry();
        if (retry.perTryTimeout().isPositive()) {
            attempt.timer(loop.loop()
                    .schedule(() -> perTryPassed(attempt), retry.perTryTimeout().toNanos(), TimeUnit.NANOSECONDS));
        }
        UpstreamPool pool = NextHop.pool(exchange, head, state, pick);
        attempt.acquire(head, pool, freshness);
    }

    // ---- how they stand ----

    /** The one under way that counts, null between two. */
    @Nullable
    HttpAttempt current() {
        return current;
    }

    /** What the current one holds, null while it has no connection. */
    @Nullable
    Lease lease() {
        return current == null ? null : current.lease();
    }

    /** Several may come to send the same request. */
    boolean hedged() {
        return hedging != null;
    }

    boolean racing() {
        return hedging != null && hedging.racing();
    }

    /** Its answer is the client's. */
    void won(HttpAttempt winner) {
        if (hedging != null) {
            hedging.won(winner);
            current = winner;
        }
    }

    // ---- what goes wrong ----

    /** Whether the answer is not passed on, because another attempt is to bring a better one. */
    boolean unwanted(HttpAttempt attempt, HttpResponse response, int grpc) {
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
            relay.fail(failure.fate(), failure.getMessage());
        }
    }

    void closed(HttpAttempt attempt, Closing how) {
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
            relay.brokenOff(fate, attempt);
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
                relay.fail(Fate.DEADLINE, "no answer within " + route.retry().perTryTimeout());
            }
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

    // ---- the end ----

    /** Nobody may wait for the answer any longer. */
    void outOfTime() {
        if (current != null) {
            current.outOfTime(body.complete() ? Late.ENDPOINT : Late.CLIENT);
        }
    }

    void abandon(Fate fate) {
        if (current != null) {
            current.abandon(fate);
        }
    }

    /** The exchange is over, and with it all that has not ended by itself. */
    void ended(Fate fate) {
        if (hedging != null) {
            hedging.end(fate, current);
        }
        retrying.cancel();
        if (cluster != null) {
            cluster.bodies().ended(exchange.bytesReceived() + exchange.bytesSent());
        }
    }
}
