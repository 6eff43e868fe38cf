package io.tracery.proxy.route;

import org.jspecify.annotations.Nullable;

/**
 * A {@link RateLimit} and what has been used of it. Two are equal when they limit alike, whatever has been used. Any thread.
 */
public final class RateLimiter {

    private final RateLimit limit;
    private volatile Buckets buckets;

    private record Buckets(Gcra all, @Nullable KeyedBuckets keyed) {}

    public RateLimiter(RateLimit limit) {
        this.limit = limit;
        RateLimit.PerKey perKey = limit.perKey();
        this.buckets = new Buckets(
                new Gcra(limit.all()), perKey == null ? null : new KeyedBuckets(perKey.rate(), perKey.mostKeys()));
    }

    public RateLimit limit() {
        return limit;
    }

    /** Goes on with what another has used; it limits alike. Before a request meets this one. */
    public void goOnFrom(RateLimiter other) {
        buckets = other.buckets;
    }

    /** Keys that are told apart now. */
    public int keys() {
        KeyedBuckets keyed = buckets.keyed();
        return keyed == null ? 0 : keyed.size();
    }

    /**
     * Whether one more request goes on. One that the whole has no place for costs its key nothing.
     *
     * @param key empty where the request has none, or none are told apart
     */
    public Quota take(String key, long nowNanos) {
        Buckets now = buckets;
        RateLimit.PerKey perKey = limit.perKey();
        KeyedBuckets keyed = now.keyed();
        if (keyed == null || perKey == null) {
            return quota(limit.all(), now.all(), now.all().take(nowNanos), Quota.Whose.ALL, nowNanos);
        }
        Gcra own = keyed.bucket(key, nowNanos);
        long ownLeft = own.take(nowNanos);
        while (ownLeft == Gcra.GONE) {
            own = keyed.bucket(key, nowNanos);
            ownLeft = own.take(nowNanos);
        }
        if (ownLeft < 0) {
            return quota(perKey.rate(), own, ownLeft, Quota.Whose.KEY, nowNanos);
        }
        long allLeft = now.all().take(nowNanos);
        if (allLeft < 0) {
            own.giveBack();
        }
        return allLeft < ownLeft
                ? quota(limit.all(), now.all(), allLeft, Quota.Whose.ALL, nowNanos)
                : quota(perKey.rate(), own, ownLeft, Quota.Whose.KEY, nowNanos);
    }

    private static Quota quota(Rate rate, Gcra bucket, long left, Quota.Whose whose, long nowNanos) {
        return new Quota(rate, Math.max(0, left), Math.max(0, -left), bucket.untilFullNanos(nowNanos), whose);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RateLimiter limiter && limiter.limit.equals(limit);
    }

    @Override
    public int hashCode() {
        return limit.hashCode();
    }

    @Override
    public String toString() {
        return limit.toString();
    }
}
