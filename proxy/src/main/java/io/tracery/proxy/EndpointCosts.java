package io.tracery.proxy;

import io.tracery.proxy.loop.EndpointView;
import io.tracery.proxy.telemetry.BalancedEndpoint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the balancers of all event loops make of an endpoint, in one. */
final class EndpointCosts {

    private static final double MILLIS = 1_000;

    private EndpointCosts() {}

    private record Place(String cluster, String address) {}

    /**
     * Each loop knows what it saw itself: an endpoint costs what it costs the loop that it costs most, and is left out when any leaves it out.
     * Endpoints of no workload, the application beside the proxy among them, are not told of.
     *
     * @param clusters name to endpoints, one entry for each event loop that knows one
     */
    static List<BalancedEndpoint> of(Map<String, List<EndpointView>> clusters) {
        Map<Place, BalancedEndpoint> all = new LinkedHashMap<>();
        clusters.forEach((cluster, views) -> views.forEach(view -> {
            if (!view.workload().isEmpty()) {
                all.merge(new Place(cluster, view.endpoint()), of(cluster, view), EndpointCosts::both);
            }
        }));
        return List.copyOf(all.values());
    }

    private static BalancedEndpoint of(String cluster, EndpointView view) {
        return new BalancedEndpoint(
                cluster,
                view.workload(),
                view.version(),
                view.endpoint(),
                view.costMillis() / MILLIS,
                view.inFlight(),
                view.ejected());
    }

    private static BalancedEndpoint both(BalancedEndpoint one, BalancedEndpoint other) {
        @Nullable String ejected = one.ejected() == null ? other.ejected() : one.ejected();
        return new BalancedEndpoint(
                one.cluster(),
                one.workload(),
                one.version(),
                one.address(),
                Math.max(one.costSeconds(), other.costSeconds()),
                one.inFlight() + other.inFlight(),
                ejected);
    }
}
