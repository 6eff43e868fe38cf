package io.tracery.proxy.balance;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Of a few random endpoints the cheapest. Near the best choice at constant effort, and no herd runs to the endpoint that
 * looks best (Mitzenmacher 2001; Finagle's {@code P2CPeakEwma}, Envoy's {@code LEAST_REQUEST}).
 *
 * <p>Where weights differ, candidates are drawn by weight, each draw on its own: two endpoints that cost the same then get
 * exactly their shares. Where they are equal, candidates differ from each other, so that of two the better is always found.
 */
final class PowerOfChoices implements Chooser {

    private final Cost cost;
    private final int choices;
    private final Shares shares;

    /** What an endpoint costs; lower is better. */
    interface Cost {

        double of(EndpointLoad load, long nowNanos);
    }

    PowerOfChoices(RandomGenerator random, Cost cost, int choices) {
        this.cost = cost;
        this.choices = choices;
        this.shares = new Shares(random);
    }

    @Override
    public void over(EndpointLoad[] candidates) {
        shares.over(candidates);
    }

    @Override
    public @Nullable Pick pick(@Nullable EndpointLoad avoid, long hash, long nowNanos) {
        int size = shares.size();
        if (size == 0) {
            return null;
        }
        int index = size == 1 ? 0 : shares.draw();
        EndpointLoad best = shares.at(index);
        if (size == 1) {
            return new Pick(best, best.costMillis(nowNanos), null, 0, Pick.Reason.COST);
        }
        double bestCost = cost.of(best, nowNanos);
        EndpointLoad other = null;
        for (int i = 1; i < choices; i++) {
            int rivalIndex = shares.even() || best == avoid ? shares.drawOther(index) : shares.draw();
            EndpointLoad rival = shares.at(rivalIndex);
            if (rivalIndex == index || rival == avoid) {
                other = other == null && rival != best ? rival : other;
                continue;
            }
            double rivalCost = cost.of(rival, nowNanos);
            if (best == avoid || rivalCost < bestCost) {
                other = best;
                best = rival;
                bestCost = rivalCost;
                index = rivalIndex;
            } else {
                other = rival;
            }
        }
        return new Pick(
                best,
                best.costMillis(nowNanos),
                other,
                other == null ? 0 : other.costMillis(nowNanos),
                Pick.Reason.COST);
    }
}
