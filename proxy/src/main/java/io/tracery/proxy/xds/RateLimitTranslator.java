package io.tracery.proxy.xds;

import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.config.route.v3.RateLimit.Action;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.LocalRateLimitDescriptor;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.XRateLimitHeadersRFCVersion;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.extensions.rate_limit_descriptors.expr.v3.Descriptor;
import io.envoyproxy.envoy.type.v3.StatusCode;
import io.envoyproxy.envoy.type.v3.TokenBucket;
import io.tracery.controlplane.api.XdsNames;
import io.tracery.proxy.route.Rate;
import io.tracery.proxy.route.RateLimit;
import io.tracery.proxy.route.RateLimit.PerKey;
import io.tracery.proxy.route.RateLimiter;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A route's {@code LocalRateLimit}: one bucket for all, and at most one more for each value of one key. */
final class RateLimitTranslator {

    /** Envoy's {@code max_dynamic_descriptors} where it is not said. */
    private static final int USUAL_KEYS = 20;

    private static final String REMOTE_ADDRESS = "remote_address";

    private final String route;

    RateLimitTranslator(String route) {
        this.route = route;
    }

    RateLimiter limiter(LocalRateLimit limit) throws InvalidResource {
        if (!limit.hasTokenBucket()) {
            throw new InvalidResource(route, "a route's rate limit needs a token_bucket");
        }
        if (!always(limit.hasFilterEnabled(), limit.getFilterEnabled())
                || !always(limit.hasFilterEnforced(), limit.getFilterEnforced())) {
            throw new InvalidResource(
                    route, "a rate limit is for all requests: filter_enabled and filter_enforced are 100 percent");
        }
        if (limit.hasStatus() && limit.getStatus().getCode() != StatusCode.TooManyRequests) {
            throw new InvalidResource(route, "a rate limit's status is 429");
        }
        if (!limit.getRateLimitedAsResourceExhausted()
                || limit.getEnableXRatelimitHeaders() != XRateLimitHeadersRFCVersion.DRAFT_VERSION_03) {
            throw new InvalidResource(
                    route,
                    "a rate limit has rate_limited_as_resource_exhausted: true and enable_x_ratelimit_headers: DRAFT_VERSION_03");
        }
        return new RateLimiter(new RateLimit(rate(limit.getTokenBucket()), perKey(limit)));
    }

    private static boolean always(boolean said, RuntimeFractionalPercent percent) throws InvalidResource {
        return said
                && FilterTranslator.fraction("rate limit", percent).numerator()
                        == FilterTranslator.fraction("rate limit", percent).denominator();
    }

    private @Nullable PerKey perKey(LocalRateLimit limit) throws InvalidResource {
        if (limit.getDescriptorsCount() == 0 && limit.getRateLimitsCount() == 0) {
            return null;
        }
        if (limit.getDescriptorsCount() != 1
                || limit.getRateLimitsCount() != 1
                || limit.getRateLimits(0).getActionsCount() != 1
                || limit.getDescriptors(0).getEntriesCount() != 1) {
            throw new InvalidResource(
                    route, "a rate limit has one descriptor of one entry at most, and one action that fills it");
        }
        LocalRateLimitDescriptor descriptor = limit.getDescriptors(0);
        Action action = limit.getRateLimits(0).getActions(0);
        String filled = switch (action.getActionSpecifierCase()) {
            case REQUEST_HEADERS -> action.getRequestHeaders().getDescriptorKey();
            case REMOTE_ADDRESS -> REMOTE_ADDRESS;
            case EXTENSION -> expression(action).getDescriptorKey();
            case ACTIONSPECIFIER_NOT_SET ->
                throw new InvalidResource(
                        route, "a rate limit's action needs one of request_headers, remote_address and extension");
        };
        if (!descriptor.getEntries(0).getKey().equals(filled)) {
            throw new InvalidResource(
                    route, "the rate limit's action fills \"" + filled + "\", which no descriptor has");
        }
        int keys = limit.hasMaxDynamicDescriptors()
                ? limit.getMaxDynamicDescriptors().getValue()
                : USUAL_KEYS;
        if (keys < 1 || keys > PerKey.MOST_KEYS) {
            throw new InvalidResource(route, "max_dynamic_descriptors must be 1.." + PerKey.MOST_KEYS);
        }
        return new PerKey(key(action), rate(descriptor.getTokenBucket()), keys);
    }

    private RateLimit.Key key(Action action) throws InvalidResource {
        return switch (action.getActionSpecifierCase()) {
            case REQUEST_HEADERS ->
                new RateLimit.Key.Header(
                        action.getRequestHeaders().getHeaderName().toLowerCase(Locale.ROOT));
            case REMOTE_ADDRESS -> new RateLimit.Key.SourceAddress();
            default -> {
                if (!expression(action).getText().equals(XdsNames.CALLER_IDENTITY)) {
                    throw new InvalidResource(
                            route, "the one expression for a rate limit is " + XdsNames.CALLER_IDENTITY);
                }
                yield new RateLimit.Key.CallerIdentity();
            }
        };
    }

    private Descriptor expression(Action action) throws InvalidResource {
        return XdsTypes.unpack(route, action.getExtension().getTypedConfig(), Descriptor.class);
    }

    private Rate rate(TokenBucket bucket) throws InvalidResource {
        Duration interval = XdsTypes.duration(route, bucket.getFillInterval());
        int perFill = bucket.hasTokensPerFill() ? bucket.getTokensPerFill().getValue() : 1;
        try {
            return new Rate(perFill, interval, bucket.getMaxTokens());
        } catch (IllegalArgumentException e) {
            throw new InvalidResource(route, "token_bucket: " + e.getMessage());
        }
    }
}
