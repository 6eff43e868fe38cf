package io.tracery.proxy.balance;

import io.tracery.proxy.mesh.Balancer;

class RandomChoiceTest extends LoadBalancerContract {

    @Override
    Balancer kind() {
        return new Balancer.Random();
    }
}
