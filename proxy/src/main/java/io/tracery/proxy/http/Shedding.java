package io.tracery.proxy.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.tracery.proxy.balance.ConcurrencyLimit;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.loop.BufferMemory;
import io.tracery.proxy.mesh.AdaptiveConcurrency;
import io.tracery.proxy.upstream.Occupancy;
import io.tracery.proxy.upstream.Occupancy.Importance;
import io.tracery.proxy.upstream.UpstreamFailure;
import io.tracery.tracing.span.Fate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which requests a cluster that has enough to do is spared. Health checks and control traffic are refused last: a server that
 * is busy would otherwise be taken for dead and restarted, and a mesh that is busy could not be told what would relieve it.
 * They are told by the gRPC service, by the user agent of Kubernetes' probes, and by the paths that the configuration names.
 * Of the others the least urgent are refused first.
 */
record Shedding(Exchange exchange, HttpHeaders headers) implements Importance {

    /** Of gRPC's health service; then of those by which a mesh is run: xDS, certificates, taps. */
    private static final List<String> VITAL =
            List.of("/grpc.health.v1.Health/", "/envoy.service.", "/istio.v1.auth.", "/tracery.");

    private static final String KUBERNETES = "kube-probe/";

    /** Why the request may not go on now, or null when it may. */
    static @Nullable UpstreamFailure refuse(
            BufferMemory memory, Occupancy occupancy, Exchange exchange, HttpHeaders headers) {
        if (memory.high() && !vital(exchange, headers) && !occupancy.critical(exchange.path())) {
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
        return config.criticalPaths().contains(exchange.path()) || vital(exchange, headers);
    }

    private static boolean vital(Exchange exchange, HttpHeaders headers) {
        return headers.get(HttpHeaderNames.USER_AGENT, "").startsWith(KUBERNETES)
                || (exchange.protocol() == Protocol.GRPC && VITAL.stream().anyMatch(exchange.path()::startsWith));
    }
}
