package io.tracery.proxy.balance;

import io.tracery.proxy.mesh.Balancer.RingHash;
import java.util.Arrays;

/**
 * Ketama: each endpoint has points on a ring by its weight, and a hash belongs to the next point on it. As many points as
 * give the lightest endpoint a whole number of them, within the bounds (Envoy's {@code ring_hash_lb_config}).
 */
final class Ring implements HashTable.Layout {

    private final RingHash config;
    private long[] points = {};

    Ring(RingHash config) {
        this.config = config;
    }

    @Override
    public EndpointLoad[] slots(EndpointLoad[] candidates) {
        if (candidates.length == 0) {
            points = new long[0];
            return candidates;
        }
        double total = 0;
        double lightest = Double.MAX_VALUE;
        for (EndpointLoad candidate : candidates) {
            total += candidate.endpoint().weight();
            lightest = Math.min(lightest, candidate.endpoint().weight());
        }
        double lightestShare = lightest / total;
        double size = Math.min(Math.ceil(lightestShare * config.minimumSize()) / lightestShare, config.maximumSize());
        Point[] ring = new Point[Math.max(candidates.length, (int) size + candidates.length)];
        int count = 0;
        double target = 0;
        for (EndpointLoad candidate : candidates) {
            target += size * candidate.endpoint().weight() / total;
            long base = Hashing.of(candidate.key());
            int begun = count;
            while (count < target || count == begun) {
                ring[count] = new Point(Hashing.with(base, count - begun), candidate);
                count++;
            }
        }
        Arrays.sort(ring, 0, count, (one, other) -> Long.compareUnsigned(one.hash(), other.hash()));
        points = new long[count];
        EndpointLoad[] owners = new EndpointLoad[count];
        for (int i = 0; i < count; i++) {
            points[i] = ring[i].hash();
            owners[i] = ring[i].owner();
        }
        return owners;
    }

    private record Point(long hash, EndpointLoad owner) {}

    @Override
    public int slot(long hash, int count) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(points[middle], hash) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == count ? 0 : low;
    }
}
