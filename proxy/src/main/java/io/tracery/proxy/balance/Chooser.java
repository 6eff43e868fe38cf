package io.tracery.proxy.balance;

import org.jspecify.annotations.Nullable;

/** One way of choosing among endpoints; knows nothing of zones, ejections or slow starts. One event loop. */
interface Chooser {

    /** Chooses among these from here on. */
    void over(EndpointLoad[] candidates);

    /** As {@link LoadBalancer#pick}. */
    @Nullable
    Pick pick(@Nullable EndpointLoad avoid, long hash, long nowNanos);
}
