package io.tracery.proxy.http;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.route.Quota;
import io.tracery.proxy.route.RateLimit;
import io.tracery.proxy.route.RateLimiter;
import io.tracery.tracing.span.Fate;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Asks a route's limit about a request, and tells clients what it said. */
final class RateLimiting {

    private static final String LIMIT = "x-ratelimit-limit";
    private static final String REMAINING = "x-ratelimit-remaining";
    private static final String RESET = "x-ratelimit-reset";
    private static final String PUSHBACK = "grpc-retry-pushback-ms";

    private RateLimiting() {}

    /** Null where the route has no limit. */
    static @Nullable Quota ask(@Nullable RateLimiter limiter, Downstream downstream, HttpHeaders headers) {
        return limiter == null
                ? null
                : limiter.take(
                        key(limiter.limit().perKey(), downstream, headers),
                        downstream.loop().ticker().nanos());
    }

    private static String key(RateLimit.@Nullable PerKey perKey, Downstream downstream, HttpHeaders headers) {
        if (perKey == null) {
            return "";
        }
        return switch (perKey.key()) {
            case RateLimit.Key.Header header -> headers.get(header.name(), "");
            case RateLimit.Key.SourceAddress ignored -> Long.toHexString(downstream.source());
            case RateLimit.Key.CallerIdentity ignored -> downstream.peer().identity();
        };
    }

    /** 429, or gRPC's RESOURCE_EXHAUSTED; either says when to come again. */
    static FullHttpResponse refusal(Quota quota, Exchange exchange) {
        String what = what(quota);
        exchange.limited(what);
        FullHttpResponse answer = FailureResponder.answer(Fate.RATE_LIMITED, exchange.protocol(), what);
        if (exchange.protocol() == Protocol.GRPC) {
            // gRFC A6: a client whose policy retries RESOURCE_EXHAUSTED waits so long instead of backing off.
            answer.headers().set(PUSHBACK, ceil(quota.waitNanos(), TimeUnit.MILLISECONDS));
        }
        answer.headers().set(HttpHeaderNames.RETRY_AFTER, ceil(quota.waitNanos(), TimeUnit.SECONDS));
        tell(quota, answer.headers());
        return answer;
    }

    /** What is left, so that a client can slow down before it is refused. */
    static void tell(Quota quota, HttpHeaders headers) {
        headers.set(LIMIT, Integer.toString(quota.rate().burst()))
                .set(REMAINING, Long.toString(quota.left()))
                .set(RESET, ceil(quota.untilFullNanos(), TimeUnit.SECONDS));
    }

    /** What the application says of its own limits is worth more. */
    static void tellUnlessTold(Quota quota, HttpHeaders headers) {
        if (!headers.contains(LIMIT)) {
            tell(quota, headers);
        }
    }

    private static String what(Quota quota) {
        String whose = quota.whose() == Quota.Whose.ALL ? "the route" : "this caller's key";
        return quota.rate().requests() + " requests per " + quota.rate().per().toMillis() + " ms, with bursts of "
                + quota.rate().burst() + ", are what " + whose + " may";
    }

    private static String ceil(long nanos, TimeUnit unit) {
        return Long.toString(Math.ceilDiv(nanos, unit.toNanos(1)));
    }
}
