package io.tracery.controlplane.xds;

import com.google.protobuf.Any;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.route.v3.RateLimit.Action;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.LocalRateLimitDescriptor;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.XRateLimitHeadersRFCVersion;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.extensions.rate_limit_descriptors.expr.v3.Descriptor;
import io.envoyproxy.envoy.type.v3.TokenBucket;
import io.tracery.controlplane.api.XdsNames;
import io.tracery.controlplane.model.RateLimit;
import io.tracery.controlplane.model.RateLimit.PerKey;
import io.tracery.controlplane.model.RateLimit.Rate;

/** A limit as the configuration of Envoy's local rate limit filter. */
final class RateLimitResources {

    private static final String KEY = "key";
    private static final String REMOTE_ADDRESS = "remote_address";

    private RateLimitResources() {}

    static LocalRateLimit limit(RateLimit limit) {
        RuntimeFractionalPercent all = RuntimeFractionalPercent.newBuilder()
                .setDefaultValue(FilterResources.fraction(100, 100))
                .build();
        // Envoy takes no percent of the requests where these are not said.
        LocalRateLimit.Builder built = LocalRateLimit.newBuilder()
                .setStatPrefix("rate_limit")
                .setTokenBucket(bucket(limit.all()))
                .setFilterEnabled(all)
                .setFilterEnforced(all)
                .setEnableXRatelimitHeaders(XRateLimitHeadersRFCVersion.DRAFT_VERSION_03)
                .setRateLimitedAsResourceExhausted(true);
        PerKey perKey = limit.perKey();
        if (perKey != null) {
            String key = perKey.key() == RateLimit.Key.SOURCE ? REMOTE_ADDRESS : KEY;
            built.addRateLimits(io.envoyproxy.envoy.config.route.v3.RateLimit.newBuilder()
                            .addActions(action(perKey)))
                    // An entry without a value stands for every value, each with a bucket of its own.
                    .addDescriptors(LocalRateLimitDescriptor.newBuilder()
                            .addEntries(RateLimitDescriptor.Entry.newBuilder().setKey(key))
                            .setTokenBucket(bucket(perKey.rate())))
                    .setMaxDynamicDescriptors(UInt32Value.of(perKey.mostKeys()));
        }
        return built.build();
    }

    private static Action action(PerKey perKey) {
        Action.Builder action = Action.newBuilder();
        switch (perKey.key()) {
            case HEADER ->
                action.setRequestHeaders(Action.RequestHeaders.newBuilder()
                        .setHeaderName(perKey.header())
                        .setDescriptorKey(KEY));
            case SOURCE -> action.setRemoteAddress(Action.RemoteAddress.getDefaultInstance());
            case CALLER ->
                action.setExtension(TypedExtensionConfig.newBuilder()
                        .setName("envoy.rate_limit_descriptors.expr")
                        .setTypedConfig(Any.pack(Descriptor.newBuilder()
                                .setDescriptorKey(KEY)
                                .setText(XdsNames.CALLER_IDENTITY)
                                .build())));
        }
        return action.build();
    }

    private static TokenBucket bucket(Rate rate) {
        return TokenBucket.newBuilder()
                .setMaxTokens(rate.burst())
                .setTokensPerFill(UInt32Value.of(rate.requests()))
                .setFillInterval(RouteResources.duration(rate.per()))
                .build();
    }
}
