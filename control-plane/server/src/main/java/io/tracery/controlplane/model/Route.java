package io.tracery.controlplane.model;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A Gateway API {@code HTTPRoute} whose parent is a Service (GAMMA, GEP-1294).
 *
 * @param parents the services whose callers it is for
 */
public record Route(Name name, List<Parent> parents, List<Rule> rules) {

    public Route {
        parents = List.copyOf(parents);
        rules = List.copyOf(rules);
    }

    /** @param port 0 for every port of the service */
    public record Parent(Name service, int port) {}

    /**
     * @param matches any of which takes a request; never empty
     * @param timeout of the whole request, zero for none
     * @param backendTimeout of one attempt, zero for none
     * @param retry null where the route says nothing of it
     */
    public record Rule(
            List<Match> matches,
            List<Backend> backends,
            Duration timeout,
            Duration backendTimeout,
            @Nullable Retry retry) {

        public Rule {
            matches = List.copyOf(matches);
            backends = List.copyOf(backends);
        }
    }

    /**
     * @param exact whether the path is the whole path or a prefix of whole elements
     * @param method empty for any
     * @param headers name to exact value
     */
    public record Match(boolean exact, String path, String method, List<Header> headers) {

        public static final Match ANY = new Match(false, "/", "", List.of());

        public Match {
            headers = List.copyOf(headers);
        }
    }

    public record Header(String name, String value) {}

    /** @param weight share of the rule's requests, at least 0 */
    public record Backend(Name service, int port, int weight) {}

    /** @param codes response codes that are tried again */
    public record Retry(int attempts, Set<Integer> codes) {

        public Retry {
            codes = Set.copyOf(codes);
        }
    }
}
