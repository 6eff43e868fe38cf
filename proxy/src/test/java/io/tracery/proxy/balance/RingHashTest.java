package io.tracery.proxy.balance;

import io.tracery.proxy.mesh.Balancer;

class RingHashTest extends HashingContract {

    @Override
    Balancer kind() {
        return new Balancer.RingHash(Balancer.RingHash.DEFAULT_MINIMUM, Balancer.RingHash.DEFAULT_MAXIMUM);
    }

    /** The ring keeps its size: where one of ten goes, the others get a tenth more points each. */
    @Override
    int mostStrays() {
        return 100;
    }
}
