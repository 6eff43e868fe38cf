package io.tracery.proxy.balance;

import io.tracery.proxy.mesh.Balancer;

class RoundRobinTest extends LoadBalancerContract {

    @Override
    Balancer kind() {
        return new Balancer.RoundRobin();
    }
}
