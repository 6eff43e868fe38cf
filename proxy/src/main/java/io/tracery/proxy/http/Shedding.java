package io.tracery.proxy.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.tracery.proxy.balance.ConcurrencyLimit;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.loop.BufferMemory;
import io.tracery.proxy.mesh.AdaptiveConcurrency;
import io.tracery.proxy.upstream.Occupancy;
import io.tracery.proxy.upstream.Occupancy.Importance;
import io.tracery.proxy.upstream.UpstreamFailure;
import io.tracery.tracing.span.Fate;
import org.jspecify.annotations.Nullable;

/**
 * Which requests a cluster that has enough to do is spared. Those that ask whether it lives are refused last: a server that
 * is busy would otherwise be taken for dead and restarted. They are told by gRPC's health service, by the user agent of
 * Kubernetes' probes, and by the paths that the configuration names. Of the others the least urgent are refused first.
 */
record Shedding(Exchange exchange, HttpHeaders headers) implements Importance {

    private static final String GRPC_HEALTH = "/grpc.health.v1.Health/";
    private static final String KUBERNETES = "kube-probe/";

    /** Why the request may not go on now, or null when it may. */
    static @Nullable UpstreamFailure refuse(
            BufferMemory memory, Occupancy occupancy, Exchange exchange, HttpHeaders headers) {
        if (memory.high() && !asksForLife(exchange, headers) && !occupancy.critical(exchange.path())) {
            memory.shedOne();
            return new UpstreamFailure(Fate.BREAKER_OPEN, "the proxy's buffers hold as much as they may");
        }
        UpstreamFailure refused = occupancy.refuseRequest();
        return refused != null || !occupancy.adapts() ? refused : occupancy.shed(new Shedding(exchange, headers));
    }

    @Override
    public int urgency(AdaptiveConcurrency config) {
        return config.priorityHeader().isEmpty()
                ? ConcurrencyLimit.USUAL_URGENCY
                : Urgency.of(headers.get(config.priorityHeader()));
    }

    @Override
    public boolean critical(AdaptiveConcurrency config) {
        return config.criticalPaths().contains(exchange.path()) || asksForLife(exchange, headers);
    }

    private static boolean asksForLife(Exchange exchange, HttpHeaders headers) {
        return exchange.path().startsWith(GRPC_HEALTH)
                || headers.get(HttpHeaderNames.USER_AGENT, "").startsWith(KUBERNETES);
    }
}
