package io.tracery.proxy.loop;

import io.tracery.proxy.balance.Gcra;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.mesh.MeshSnapshot;
import io.tracery.proxy.route.RateLimit;
import io.tracery.proxy.route.Route;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How far the routes' rate limits are used up, for the whole process: one limit is kept by all event loops together, and a
 * new snapshot that says the same of a route fills nothing up. Any thread.
 */
public final class RateLimiters {

    private final Map<String, Limiter> byRoute = new ConcurrentHashMap<>();
    private final Ticker ticker;

    private record Limiter(RateLimit limit, Gcra gcra) {}

    public RateLimiters(Ticker ticker) {
        this.ticker = ticker;
    }

    /** Takes one request of a route. 0 where it may pass, else after how many nanoseconds one may. */
    long take(String route, RateLimit limit) {
        Limiter limiter = byRoute.get(route);
        if (limiter == null || !limiter.limit.equals(limit)) {
            limiter = byRoute.compute(
                    route, (name, known) -> known != null && known.limit.equals(limit) ? known : begin(limit));
        }
        return limiter.gcra.take(ticker.nanos());
    }

    private Limiter begin(RateLimit limit) {
        return new Limiter(limit, new Gcra(limit.intervalNanos(), limit.burst(), ticker.nanos()));
    }

    /** Forgets routes that a snapshot no longer has, or no longer limits. */
    public void adopt(MeshSnapshot snapshot) {
        Set<String> limited = new HashSet<>();
        for (Listener listener : snapshot.listeners().values()) {
            if (listener.handler() instanceof Listener.Handler.Http http) {
                for (Route route : http.routes().routes()) {
                    if (route.policies().rateLimit() != null) {
                        limited.add(route.name());
                    }
                }
            }
        }
        byRoute.keySet().retainAll(limited);
    }
}
