package io.tracery.proxy.loop;

import io.tracery.proxy.balance.EjectionReason;
import io.tracery.proxy.balance.EndpointLoad;
import io.tracery.proxy.mesh.Endpoint;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What one event loop knows of one endpoint, for those who look from elsewhere.
 *
 * @param endpoint address and port
 * @param workload {@code namespace/workload} that serves there, empty when unknown
 * @param version of the workload
 * @param zone topology zone, empty when unknown
 * @param weight relative share
 * @param costMillis peak-EWMA latency times load
 * @param inFlight requests under way from this loop
 * @param connections pooled connections of this loop, those in use included
 * @param ejected why it is left out, or null while it is not
 * @param probeInMillis until a request finds out whether it has recovered; 0 while it is not left out, or when that is due
 */
public record EndpointView(
        String endpoint,
        String workload,
        String version,
        String zone,
        int weight,
        double costMillis,
        int inFlight,
        int connections,
        @Nullable String ejected,
        long probeInMillis) {

    static EndpointView of(EndpointLoad load, int connections, long nowNanos) {
        Endpoint endpoint = load.endpoint();
        EjectionReason reason = load.ejectedFor();
        String name = endpoint.workload().name();
        return new EndpointView(
                load.address(),
                name.isEmpty() ? "" : endpoint.workload().namespace() + "/" + name,
                endpoint.workload().version(),
                endpoint.zone(),
                endpoint.weight(),
                load.costMillis(nowNanos),
                load.inFlight(),
                connections,
                reason == null ? null : reason.label(),
                TimeUnit.NANOSECONDS.toMillis(load.probeInNanos(nowNanos)));
    }
}
