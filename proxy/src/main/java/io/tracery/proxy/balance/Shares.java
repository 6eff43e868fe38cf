package io.tracery.proxy.balance;

import java.util.random.RandomGenerator;

/** Draws endpoints by chance, each as often as its weight says. */
final class Shares {

    private final RandomGenerator random;
    private EndpointLoad[] candidates = {};
    private long[] sums = {};
    private boolean even = true;

    Shares(RandomGenerator random) {
        this.random = random;
    }

    void over(EndpointLoad[] drawn) {
        candidates = drawn;
        sums = new long[drawn.length];
        even = true;
        long sum = 0;
        for (int i = 0; i < drawn.length; i++) {
            int weight = drawn[i].endpoint().weight();
            even &= weight == drawn[0].endpoint().weight();
            sum += weight;
            sums[i] = sum;
        }
    }

    int size() {
        return candidates.length;
    }

    EndpointLoad at(int index) {
        return candidates[index];
    }

    /** True when all weigh the same. */
    boolean even() {
        return even;
    }

    /** An index; there must be at least one candidate. */
    int draw() {
        if (even) {
            return random.nextInt(candidates.length);
        }
        long at = random.nextLong(sums[sums.length - 1]);
        int low = 0;
        int high = sums.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sums[middle] > at) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** An index that is not this one; there must be at least two candidates. */
    int drawOther(int than) {
        int other = random.nextInt(candidates.length - 1);
        return other >= than ? other + 1 : other;
    }
}
