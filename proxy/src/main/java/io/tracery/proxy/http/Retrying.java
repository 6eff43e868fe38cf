package io.tracery.proxy.http;

import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.concurrent.ScheduledFuture;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.loop.LoopState;
import io.tracery.proxy.route.Backoff;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.route.RetryPolicy.Condition;
import io.tracery.proxy.upstream.ClusterState;
import io.tracery.proxy.upstream.Lease;
import java.util.Date;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Decides after a failed attempt whether there is another, writes down why, and waits as long as the policy wants. */
final class Retrying {

    /** The answer did not ask for a time. */
    static final long NOT_ASKED = -1;

    private static final int MOST_DIGITS = 9;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final LoopState loop;
    private final Exchange exchange;
    private final RetryPolicy policy;
    private final RequestBody body;
    private final Deadline deadline;

    private long waitNanos;
    private @Nullable ScheduledFuture<?> waiting;

    Retrying(LoopState loop, Exchange exchange, RetryPolicy policy, RequestBody body, Deadline deadline) {
        this.loop = loop;
        this.exchange = exchange;
        this.policy = policy;
        this.body = body;
        this.deadline = deadline;
    }

    /**
     * @param unprocessed the application provably never saw the request
     * @param askedNanos how long the answer asks to wait
     */
    boolean decide(
            HttpAttempt attempt, ClusterState cluster, Condition condition, boolean unprocessed, long askedNanos) {
        Lease lease = attempt.lease();
        boolean stale = condition == Condition.RESET && lease != null && lease.reused();
        Backoff backoff = policy.backoff();
        if (askedNanos > backoff.mostAsked().toNanos()) {
            return no(
                    attempt,
                    "the endpoint asks to wait " + askedNanos / NANOS_PER_MILLI + " ms, longer than is waited");
        }
        int attempts = exchange.attempts().size();
        // What failed before anything was asked of an application needs no pause: another endpoint takes it at once.
        boolean atOnce = attempts == 1
                && (stale || condition == Condition.CONNECT_FAILURE || condition == Condition.REFUSED_STREAM);
        long wait = atOnce ? 0 : Math.max(askedNanos, backoff.nanos(attempts, loop.random()));
        if (policy.retries() > 0 && wait >= deadline.left()) {
            return no(attempt, "the request's time would be up before it");
        }
        RetryVerdict verdict = !cluster.occupancy().admitsRetry(attempt.record().number())
                ? RetryVerdict.no("as many retries as " + cluster.cluster().name() + " may have are under way")
                : RetryVerdict.of(
                        new RetryVerdict.Failure(
                                condition, exchange.method(), attempts, unprocessed, stale, body.replayable()),
                        policy,
                        cluster.budget());
        waitNanos = wait;
        attempt.record()
                .retryDecision(
                        verdict.again(),
                        verdict.again() && wait > 0
                                ? verdict.reason() + ", after " + wait / NANOS_PER_MILLI + " ms"
                                : verdict.reason());
        return verdict.again();
    }

    private static boolean no(HttpAttempt attempt, String reason) {
        attempt.record().retryDecision(false, reason);
        return false;
    }

    /** Goes on when the time that the last decision wants has passed. */
    void again(Runnable next) {
        after(waitNanos, next);
    }

    /** At once where the time is zero. */
    void after(long nanos, Runnable next) {
        if (nanos == 0) {
            next.run();
        } else {
            waiting = loop.loop().schedule(next, nanos, TimeUnit.NANOSECONDS);
        }
    }

    void cancel() {
        if (waiting != null) {
            waiting.cancel(false);
        }
    }

    /** {@code Retry-After} in nanoseconds (RFC 9110 section 10.2.3), where the policy looks at it. */
    long asked(HttpResponse response) {
        String value = policy.backoff().mostAsked().isZero()
                ? null
                : response.headers().get(HttpHeaderNames.RETRY_AFTER);
        if (value == null || value.isEmpty()) {
            return NOT_ASKED;
        }
        if (value.length() <= MOST_DIGITS && value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return TimeUnit.SECONDS.toNanos(Long.parseLong(value));
        }
        Date date = DateFormatter.parseHttpDate(value);
        return date == null
                ? NOT_ASKED
                : Math.max(
                        0,
                        TimeUnit.MILLISECONDS.toNanos(date.toInstant().toEpochMilli())
                                - loop.ticker().epochNanos());
    }
}
