package io.tracery.proxy.balance;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Gives each request to the endpoint that owns its hash: by a {@link Layout}, whose slots are asked in order from the hash's
 * own on until one is found that is neither left out nor to be avoided. Endpoints that are left out keep their slots, so
 * that nobody else's requests move.
 */
final class HashTable implements Chooser {

    private final RandomGenerator random;
    private final Layout layout;
    private EndpointLoad[] slots = {};

    /** Which slots there are and whose they are. */
    interface Layout {

        /** One owner a slot; empty only where there are no candidates. */
        EndpointLoad[] slots(EndpointLoad[] candidates);

        /** The slot of a hash among as many as there are. */
        int slot(long hash, int count);
    }

    HashTable(RandomGenerator random, Layout layout) {
        this.random = random;
        this.layout = layout;
    }

    @Override
    public void over(EndpointLoad[] candidates) {
        EndpointLoad[] ordered = candidates.clone();
        // The layout must not depend on the order in which endpoints were told.
        Arrays.sort(ordered, (one, other) -> one.key().compareTo(other.key()));
        slots = layout.slots(ordered);
    }

    @Override
    public @Nullable Pick pick(@Nullable EndpointLoad avoid, long hash, long nowNanos) {
        int count = slots.length;
        if (count == 0) {
            return null;
        }
        int slot = layout.slot(hash == LoadBalancer.NO_HASH ? random.nextLong() : hash, count);
        EndpointLoad owner = slots[slot];
        EndpointLoad fallback = null;
        for (int i = 0; i < count; i++) {
            EndpointLoad load = slots[slot];
            slot = slot + 1 == count ? 0 : slot + 1;
            if (load == avoid) {
                fallback = load.leftOut() ? fallback : load;
            } else if (load.probeDue(nowNanos)) {
                return picked(load, owner, nowNanos, Pick.Reason.PROBE);
            } else if (!load.leftOut()) {
                return picked(load, owner, nowNanos, Pick.Reason.HASH);
            }
        }
        return fallback == null ? null : picked(fallback, owner, nowNanos, Pick.Reason.HASH);
    }

    private static Pick picked(EndpointLoad chosen, EndpointLoad owner, long nowNanos, Pick.Reason reason) {
        return chosen == owner
                ? new Pick(chosen, chosen.costMillis(nowNanos), null, 0, reason)
                : new Pick(chosen, chosen.costMillis(nowNanos), owner, owner.costMillis(nowNanos), reason);
    }
}
