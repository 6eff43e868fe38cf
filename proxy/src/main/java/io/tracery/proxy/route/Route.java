package io.tracery.proxy.route;

import java.time.Duration;
import java.util.List;

/**
 * One rule: which requests it takes and what becomes of them.
 *
 * @param name names the rule in metrics, spans and the configuration dump, for example {@code shop/checkout/0}
 * @param match which requests
 * @param split where they go
 * @param timeout limit of the whole exchange, zero for none
 * @param retry when it is tried again
 * @param hashOn what decides on the endpoint where hashes do; the first that a request has counts
 * @param filters what else becomes of it
 * @param policies what may happen to it before
 */
public record Route(
        String name,
        RouteMatch match,
        ClusterSplit split,
        Duration timeout,
        RetryPolicy retry,
        List<HashPolicy> hashOn,
        Filters filters,
        Policies policies) {

    public Route {
        hashOn = List.copyOf(hashOn);
    }

    public Route(
            String name,
            RouteMatch match,
            ClusterSplit split,
            Duration timeout,
            RetryPolicy retry,
            List<HashPolicy> hashOn) {
        this(name, match, split, timeout, retry, hashOn, Filters.NONE, Policies.NONE);
    }

    public Route(
            String name, RouteMatch match, ClusterSplit split, Duration timeout, RetryPolicy retry, Filters filters) {
        this(name, match, split, timeout, retry, List.of(), filters, Policies.NONE);
    }

    public Route(String name, RouteMatch match, ClusterSplit split, Duration timeout, RetryPolicy retry) {
        this(name, match, split, timeout, retry, Filters.NONE);
    }
}
