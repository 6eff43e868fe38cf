package io.tracery.proxy.route;

import org.jspecify.annotations.Nullable;

/** What may happen to a request before it is forwarded, in this order. Null: nothing. */
public record Policies(
        @Nullable RateLimiter rateLimit, @Nullable Fault fault) {

    public static final Policies NONE = new Policies(null, null);
}
