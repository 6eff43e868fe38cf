package io.tracery.proxy.http;

import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.concurrent.ScheduledFuture;
import io.tracery.proxy.balance.EndpointLoad;
import io.tracery.proxy.balance.Pick;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.loop.LoopState;
import io.tracery.proxy.route.Hedge;
import io.tracery.proxy.route.Hedge.Methods;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.upstream.ClusterState;
import io.tracery.proxy.upstream.UpstreamFailure;
import io.tracery.tracing.span.Fate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one exchange that run beside each other: when one has no answer after a while, another endpoint is asked
 * too, out of the retry budget. The first answer that needs no retry is the client's; the others are cancelled. One that
 * fails while another is under way is not tried again: the other is the retry. Only routes that want it have one.
 */
final class Hedging {

    private static final String NOBODY_ELSE = "there is no other endpoint";

    private final LoopState loop;
    private final Exchange exchange;
    private final HttpRequest head;
    private final RetryPolicy policy;
    private final Hedge hedge;
    private final RequestBody body;
    private final List<HttpAttempt> running = new ArrayList<>(2);

    private @Nullable ScheduledFuture<?> timer;

    private Hedging(
            LoopState loop, Exchange exchange, HttpRequest head, RetryPolicy policy, Hedge hedge, RequestBody body) {
        this.loop = loop;
        this.exchange = exchange;
        this.head = head;
        this.policy = policy;
        this.hedge = hedge;
        this.body = body;
    }

    /** Null where the policy asks nobody twice. */
    static @Nullable Hedging of(
            LoopState loop, Exchange exchange, HttpRequest head, RetryPolicy policy, RequestBody body) {
        Hedge hedge = policy.hedge();
        return hedge == null ? null : new Hedging(loop, exchange, head, policy, hedge, body);
    }

    /** @param late called when it has had no answer for as long as it may */
    void began(HttpAttempt attempt, Runnable late) {
        running.add(attempt);
        stopTimer();
        timer = loop.loop().schedule(late, hedge.after().toNanos(), TimeUnit.NANOSECONDS);
    }

    /** More than one is under way. */
    boolean racing() {
        return running.size() > 1;
    }

    /** Whom to ask beside the one that is slow, or null, with the reason in the decision record. */
    @Nullable
    Pick another(ClusterState cluster, HttpAttempt slow, long hash) {
        String no = refused(cluster, slow);
        if (no == null && !cluster.budget().withdraw()) {
            no = "the retry budget is spent";
        }
        Pick pick = no == null
                ? cluster.balancer().pick(slow.load(), hash, loop.ticker().nanos())
                : null;
        if (pick != null && asked(pick.chosen())) {
            if (pick.reason() == Pick.Reason.PROBE) {
                pick.chosen().passedOver();
            }
            pick = null;
        }
        if (no == null && pick == null) {
            no = NOBODY_ELSE;
        }
        slow.record()
                .hedged(
                        loop.ticker().nanos(),
                        no == null,
                        no == null
                                ? "no answer after " + hedge.after().toMillis() + " ms, budget "
                                        + cluster.budget().left() + " left"
                                : no);
        if (no == null) {
            exchange.hedged();
        }
        return pick;
    }

    private boolean asked(EndpointLoad load) {
        for (HttpAttempt attempt : running) {
            if (attempt.load().equals(load)) {
                return true;
            }
        }
        return false;
    }

    private boolean somebodyElse(ClusterState cluster) {
        for (EndpointLoad load : cluster.balancer().loads()) {
            if (!load.leftOut() && !asked(load)) {
                return true;
            }
        }
        return false;
    }

    private @Nullable String refused(ClusterState cluster, HttpAttempt slow) {
        if (exchange.attempts().size() > policy.retries()) {
            return "all attempts were used";
        }
        if (hedge.methods() == Methods.IDEMPOTENT && !RetryVerdict.idempotent(exchange.method())) {
            return exchange.method() + " may be done twice";
        }
        if (Switching.wanted(head)) {
            return "a connection that changes its protocol has one other end";
        }
        if (!body.copyable() || (slow.lease() != null && !body.allSent())) {
            return "the request has not been sent whole, or is too large to be kept";
        }
        if (!somebodyElse(cluster)) {
            return NOBODY_ELSE;
        }
        if (!cluster.occupancy().admitsRetry(/* failed= */ 1)) {
            return "as many retries as " + cluster.cluster().name() + " may have are under way";
        }
        UpstreamFailure full = Shedding.refuse(loop.memory(), cluster.occupancy(), exchange, head.headers());
        return full == null ? null : full.getMessage();
    }

    /**
     * An attempt came to nothing. Where others are under way it is over with this; otherwise it is the last one's failure.
     *
     * @return one of the others, or null
     */
    @Nullable
    HttpAttempt instead(HttpAttempt failed, Fate fate, int status) {
        running.remove(failed);
        stopTimerOf(failed);
        if (running.isEmpty()) {
            return null;
        }
        failed.record().retryDecision(false, "another attempt was under way");
        failed.fail(fate, status);
        return running.getLast();
    }

    private void stopTimerOf(HttpAttempt failed) {
        if (running.isEmpty() || failed.record().number() == exchange.attempts().size()) {
            stopTimer();
        }
    }

    /** Its answer is the client's. */
    void won(HttpAttempt winner) {
        stopTimer();
        running.remove(winner);
        running.forEach(HttpAttempt::outrun);
        running.clear();
        winner.reached();
        exchange.answeredBy(winner.record());
    }

    /** The exchange is over, and with it what is still under way beside its own attempt. */
    void end(Fate fate, @Nullable HttpAttempt own) {
        stopTimer();
        for (HttpAttempt attempt : running) {
            if (!attempt.equals(own)) {
                if (fate == Fate.DEADLINE) {
                    attempt.fail(fate, 0);
                } else {
                    attempt.abandon(fate);
                }
            }
        }
        running.clear();
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
