package io.tracery.proxy.balance;

import io.tracery.proxy.mesh.Balancer.Maglev;

/**
 * Maglev (Eisenbud et al. 2016, section 3.4): each endpoint has an order of its own in which it wants the slots, and they
 * take turns, a lighter one more seldom, until all slots are taken. More even than a ring and one step to look up; when an
 * endpoint comes or goes a few slots of others move too.
 */
final class MaglevTable implements HashTable.Layout {

    private final int size;

    MaglevTable(Maglev config) {
        this.size = config.tableSize();
    }

    @Override
    public EndpointLoad[] slots(EndpointLoad[] candidates) {
        if (candidates.length == 0) {
            return candidates;
        }
        int count = candidates.length;
        long[] next = new long[count];
        long[] skip = new long[count];
        double[] due = new double[count];
        int heaviest = 1;
        for (int i = 0; i < count; i++) {
            long hash = Hashing.of(candidates[i].key());
            next[i] = Long.remainderUnsigned(hash, size);
            skip[i] = Long.remainderUnsigned(Hashing.mix(hash + 1), size - 1) + 1;
            heaviest = Math.max(heaviest, candidates[i].endpoint().weight());
        }
        EndpointLoad[] table = new EndpointLoad[size];
        int taken = 0;
        while (true) {
            for (int i = 0; i < count; i++) {
                due[i] += (double) candidates[i].endpoint().weight() / heaviest;
                if (due[i] < 1) {
                    continue;
                }
                due[i]--;
                while (table[(int) next[i]] != null) {
                    next[i] = (next[i] + skip[i]) % size;
                }
                table[(int) next[i]] = candidates[i];
                if (++taken == size) {
                    return table;
                }
            }
        }
    }

    @Override
    public int slot(long hash, int count) {
        return (int) Long.remainderUnsigned(hash, count);
    }
}
