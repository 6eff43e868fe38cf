package io.tracery.proxy.balance;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Whatever the endpoints' load: one after the other (where weights differ by smooth weighted round robin, as in nginx), or
 * by chance.
 */
final class TurnTaking implements Chooser {

    private final RandomGenerator random;
    private final Order order;
    private final Shares shares;
    private long[] credit = {};
    private int last;

    /** Whose turn it is. */
    enum Order {
        ROUND,
        CHANCE
    }

    TurnTaking(RandomGenerator random, Order order) {
        this.random = random;
        this.order = order;
        this.shares = new Shares(random);
    }

    @Override
    public void over(EndpointLoad[] candidates) {
        shares.over(candidates);
        credit = new long[candidates.length];
        // Proxies that start at once must not all begin with the same endpoint.
        last = candidates.length == 0 ? 0 : random.nextInt(candidates.length);
    }

    @Override
    public @Nullable Pick pick(@Nullable EndpointLoad avoid, long hash, long nowNanos) {
        int size = shares.size();
        if (size == 0) {
            return null;
        }
        EndpointLoad chosen = shares.at(next());
        if (chosen == avoid && size > 1) {
            int other = next();
            chosen = shares.at(shares.at(other) == avoid ? shares.drawOther(other) : other);
        }
        return new Pick(chosen, chosen.costMillis(nowNanos), null, 0, Pick.Reason.TURN);
    }

    private int next() {
        if (order == Order.CHANCE) {
            return shares.draw();
        }
        if (shares.even()) {
            last = last + 1 >= shares.size() ? 0 : last + 1;
            return last;
        }
        int best = 0;
        long total = 0;
        for (int i = 0; i < credit.length; i++) {
            int weight = shares.at(i).endpoint().weight();
            credit[i] += weight;
            total += weight;
            if (credit[i] > credit[best]) {
                best = i;
            }
        }
        credit[best] -= total;
        return best;
    }
}
