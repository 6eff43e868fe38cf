package io.tracery.controlplane.xds;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.extensions.filters.common.fault.v3.FaultDelay;
import io.envoyproxy.envoy.extensions.filters.common.fault.v3.FaultRateLimit;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.FaultAbort;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import io.tracery.controlplane.api.XdsNames;
import io.tracery.controlplane.model.Fault;
import io.tracery.controlplane.model.Policies;

/** Our own policies as the configuration of Envoy's HTTP filters. */
final class RoutePolicyResources {

    private RoutePolicyResources() {}

    static void policies(Policies policies, Route.Builder route) {
        if (policies.rateLimit() != null) {
            route.putTypedPerFilterConfig(
                    XdsNames.RATE_LIMIT_FILTER, Any.pack(RateLimitResources.limit(policies.rateLimit())));
        }
        if (policies.fault() != null) {
            route.putTypedPerFilterConfig(XdsNames.FAULT_FILTER, Any.pack(fault(policies.fault())));
        }
    }

    private static HTTPFault fault(Fault fault) {
        HTTPFault.Builder built = HTTPFault.newBuilder();
        Fault.Delay delay = fault.delay();
        if (delay != null) {
            built.setDelay(FaultDelay.newBuilder()
                    .setFixedDelay(RouteResources.duration(delay.time()))
                    .setPercentage(share(delay.share())));
        }
        Fault.Abort abort = fault.abort();
        if (abort != null) {
            FaultAbort.Builder message = FaultAbort.newBuilder().setPercentage(share(abort.share()));
            if (abort.grpcStatus() >= 0) {
                message.setGrpcStatus(abort.grpcStatus());
            } else {
                message.setHttpStatus(abort.httpStatus());
            }
            built.setAbort(message);
        }
        Fault.Bandwidth bandwidth = fault.bandwidth();
        if (bandwidth != null) {
            built.setResponseRateLimit(FaultRateLimit.newBuilder()
                    .setFixedLimit(FaultRateLimit.FixedLimit.newBuilder().setLimitKbps(bandwidth.kibPerSecond()))
                    .setPercentage(share(bandwidth.share())));
        }
        fault.headers().forEach(header -> built.addHeaders(MatchResources.header(header)));
        return built.build();
    }

    private static FractionalPercent share(Fault.Share share) {
        return FilterResources.fraction(share.numerator(), share.denominator());
    }
}
