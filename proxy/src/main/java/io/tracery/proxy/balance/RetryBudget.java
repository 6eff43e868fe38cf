package io.tracery.proxy.balance;

import java.util.function.LongSupplier;

/**
 * Keeps retries a share of the traffic, so that they cannot make an overload worse: every request deposits a fifth of a
 * retry, and ten a second are always allowed (Finagle's default). Deposits fade after ten seconds. One cluster, one
 * event loop.
 */
public final class RetryBudget {

    private static final double DEPOSIT = 0.2;
    private static final double RESERVE_PER_SECOND = 10;
    private static final double WINDOW_SECONDS = 10;
    private static final double NANOS_PER_SECOND = 1e9;

    private final LongSupplier clock;
    private double balance = RESERVE_PER_SECOND * WINDOW_SECONDS;
    private long stampNanos;

    public RetryBudget(LongSupplier clock) {
        this.clock = clock;
        this.stampNanos = clock.getAsLong();
    }

    /** A request that is not itself a retry. */
    public void deposit() {
        settle();
        balance += DEPOSIT;
    }

    /** True, and one retry taken off, when there is one left. */
    public boolean withdraw() {
        settle();
        if (balance < 1) {
            return false;
        }
        balance--;
        return true;
    }

    /** Whole retries left. */
    public int left() {
        return (int) balance;
    }

    /** Moves the balance towards the reserve at the rate at which a deposit fades. */
    private void settle() {
        long now = clock.getAsLong();
        double fade = Math.exp(-(now - stampNanos) / NANOS_PER_SECOND / WINDOW_SECONDS);
        double reserve = RESERVE_PER_SECOND * WINDOW_SECONDS;
        balance = reserve + (balance - reserve) * fade;
        stampNanos = now;
    }
}
