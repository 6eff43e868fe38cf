package io.tracery.proxy.balance;

import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.route.ClusterSplit.Share;
import org.jspecify.annotations.Nullable;

/**
 * Shares requests between clusters by weight, exactly over time: after as many requests as the weights sum to, each
 * cluster had its weight's number, as evenly spread as can be (smooth weighted round robin, as in nginx). One route, one
 * event loop.
 */
public final class WeightedSplit {

    private final Share[] shares;
    private final long[] credit;
    private final long total;

    public WeightedSplit(ClusterSplit split) {
        this.shares = split.shares().toArray(Share[]::new);
        this.credit = new long[shares.length];
        long sum = 0;
        for (Share share : shares) {
            sum += share.weight();
        }
        this.total = sum;
    }

    /** Whose turn the next request is, or null when no share has a weight. */
    public @Nullable Share next() {
        if (total == 0) {
            return null;
        }
        int best = -1;
        for (int i = 0; i < shares.length; i++) {
            credit[i] += shares[i].weight();
            if (shares[i].weight() > 0 && (best < 0 || credit[i] > credit[best])) {
                best = i;
            }
        }
        credit[best] -= total;
        return shares[best];
    }
}
