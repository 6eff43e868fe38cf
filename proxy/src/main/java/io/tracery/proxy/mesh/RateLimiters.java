package io.tracery.proxy.mesh;

import io.tracery.proxy.route.RateLimiter;
import io.tracery.proxy.route.Route;
import io.tracery.proxy.route.RouteTable;
import java.util.HashMap;
import java.util.Map;

/**
 * Lets limits survive new configuration: what has been used stays used while the rule's limit stays the same, and the
 * several routes of one rule, one for each of its matches, share it.
 */
final class RateLimiters {

    private RateLimiters() {}

    private record Rule(String listener, String route) {}

    /** Before the newer snapshot takes effect. */
    static void carryOver(MeshSnapshot older, MeshSnapshot newer) {
        Map<Rule, RateLimiter> known = new HashMap<>();
        each(older, known::put);
        each(newer, (rule, limiter) -> {
            RateLimiter before = known.putIfAbsent(rule, limiter);
            if (limiter.equals(before)) {
                limiter.goOnFrom(before);
            } else {
                known.put(rule, limiter);
            }
        });
    }

    /** Keys that limits tell apart now; routes of one rule share theirs. */
    static int keys(MeshSnapshot snapshot) {
        Map<Rule, RateLimiter> rules = new HashMap<>();
        each(snapshot, rules::putIfAbsent);
        return rules.values().stream().mapToInt(RateLimiter::keys).sum();
    }

    private interface Found {
        void found(Rule rule, RateLimiter limiter);
    }

    private static void each(MeshSnapshot snapshot, Found found) {
        for (Listener listener : snapshot.listeners().values()) {
            RouteTable routes = listener.handler().routes();
            if (routes != null) {
                for (Route route : routes.routes()) {
                    RateLimiter limiter = route.policies().rateLimit();
                    if (limiter != null) {
                        found.found(new Rule(listener.name(), route.name()), limiter);
                    }
                }
            }
        }
    }
}
