package io.tracery.proxy.xds;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.extensions.filters.common.fault.v3.FaultDelay;
import io.envoyproxy.envoy.extensions.filters.common.fault.v3.FaultRateLimit;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.FaultAbort;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import io.tracery.controlplane.api.XdsNames;
import io.tracery.proxy.route.Fault;
import io.tracery.proxy.route.Policies;
import io.tracery.proxy.route.RateLimiter;
import io.tracery.proxy.route.RouteMatch.Header;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A route's {@code typed_per_filter_config}: what Envoy's HTTP filters do with its requests before they are forwarded. */
final class PolicyTranslator {

    private static final Duration MOST_DELAY = Duration.ofMinutes(5);
    private static final int MOST_GRPC_STATUS = 16;
    private static final long BYTES_PER_KILOBYTE = 1024;

    private final String route;

    PolicyTranslator(String route) {
        this.route = route;
    }

    Policies policies(Map<String, Any> filters) throws InvalidResource {
        Fault fault = null;
        RateLimiter limit = null;
        for (Map.Entry<String, Any> filter : filters.entrySet()) {
            switch (filter.getKey()) {
                case XdsNames.FAULT_FILTER -> fault = fault(XdsTypes.unpack(route, filter.getValue(), HTTPFault.class));
                case XdsNames.RATE_LIMIT_FILTER ->
                    limit = new RateLimitTranslator(route)
                            .limiter(XdsTypes.unpack(route, filter.getValue(), LocalRateLimit.class));
                default ->
                    throw new InvalidResource(
                            route, "typed_per_filter_config of " + filter.getKey() + " is not supported");
            }
        }
        return fault == null && limit == null ? Policies.NONE : new Policies(limit, fault);
    }

    private Fault fault(HTTPFault fault) throws InvalidResource {
        List<Header> headers = new ArrayList<>();
        for (HeaderMatcher header : fault.getHeadersList()) {
            headers.add(new MatchTranslator(route).header(header));
        }
        return new Fault(
                fault.hasDelay() ? delay(fault.getDelay()) : null,
                fault.hasAbort() ? abort(fault.getAbort()) : null,
                fault.hasResponseRateLimit() ? bandwidth(fault.getResponseRateLimit()) : null,
                headers);
    }

    private Fault.Delay delay(FaultDelay delay) throws InvalidResource {
        Duration time = XdsTypes.duration(route, delay.getFixedDelay());
        if (!delay.hasFixedDelay() || !time.isPositive() || time.compareTo(MOST_DELAY) > 0) {
            throw new InvalidResource(route, "a fault's delay is a fixed_delay of at most " + MOST_DELAY);
        }
        return new Fault.Delay(time, FilterTranslator.fraction(route, delay.getPercentage()));
    }

    private Fault.Abort abort(FaultAbort abort) throws InvalidResource {
        boolean grpc = abort.hasGrpcStatus();
        int status = grpc ? abort.getGrpcStatus() : abort.getHttpStatus();
        if (grpc ? status < 0 || status > MOST_GRPC_STATUS : status < 200 || status > 599) {
            throw new InvalidResource(route, "a fault aborts with http_status 200..599 or grpc_status 0..16");
        }
        return new Fault.Abort(
                grpc ? 0 : status, grpc ? status : -1, FilterTranslator.fraction(route, abort.getPercentage()));
    }

    private Fault.@Nullable Bandwidth bandwidth(FaultRateLimit limit) throws InvalidResource {
        long rate = limit.getFixedLimit().getLimitKbps();
        if (!limit.hasFixedLimit() || rate < 1 || rate > Integer.MAX_VALUE) {
            throw new InvalidResource(route, "a fault's response_rate_limit is a fixed_limit of at least 1 KiB/s");
        }
        return new Fault.Bandwidth(rate * BYTES_PER_KILOBYTE, FilterTranslator.fraction(route, limit.getPercentage()));
    }
}
