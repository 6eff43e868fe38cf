package io.tracery.controlplane.model;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A Gateway API {@code HTTPRoute} or {@code GRPCRoute} whose parent is a Service (GAMMA, GEP-1294).
 *
 * @param kind what it was written as
 * @param parents the services whose callers it is for
 */
public record Route(Name name, Kind kind, List<Parent> parents, List<Rule> rules) {

    /** How the Gateway API calls it. */
    public enum Kind {
        HTTP("HTTPRoute"),
        GRPC("GRPCRoute");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

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
     * @param filters what else becomes of the requests
     * @param policies what may happen to them before
     */
    public record Rule(
            List<Match> matches,
            List<Backend> backends,
            Duration timeout,
            Duration backendTimeout,
            @Nullable Retry retry,
            Filters filters,
            Policies policies) {

        public Rule {
            matches = List.copyOf(matches);
            backends = List.copyOf(backends);
        }

        public Rule(
                List<Match> matches,
                List<Backend> backends,
                Duration timeout,
                Duration backendTimeout,
                @Nullable Retry retry,
                Filters filters) {
            this(matches, backends, timeout, backendTimeout, retry, filters, Policies.NONE);
        }
    }

    /**
     * @param method empty for any
     * @param headers names in lower case
     * @param query names in their case
     */
    public record Match(Path path, String method, List<Value> headers, List<Value> query) {

        public static final Match ANY = new Match(Path.ANY, "", List.of(), List.of());

        public Match {
            headers = List.copyOf(headers);
            query = List.copyOf(query);
        }
    }

    /** @param value a path, a prefix of whole elements, or an expression of RE2's syntax for whole paths */
    public record Path(PathType type, String value) {

        public static final Path ANY = new Path(PathType.PREFIX, "/");
    }

    /** In the order in which routes win. */
    public enum PathType {
        EXACT,
        EXPRESSION,
        PREFIX
    }

    /** What a header or a query parameter must be: {@code text} itself, or an expression that takes all of it. */
    public record Value(String name, ValueType type, String text) {}

    /** How a text is compared. */
    public enum ValueType {
        EXACT,
        EXPRESSION
    }

    /**
     * @param weight share of the rule's requests, at least 0
     * @param filters changes of headers for this backend's share alone
     */
    public record Backend(Name service, int port, int weight, Filters filters) {}

    /**
     * @param codes response codes that are tried again
     * @param grpcCodes gRPC statuses that are, as Envoy writes them
     * @param backoff bound of the first wait, zero for the proxy's own
     * @param maxBackoff bound of every wait, zero for ten times the first
     * @param hedge when another endpoint is asked beside a slow one, or null for never
     */
    public record Retry(
            int attempts,
            Set<Integer> codes,
            Set<String> grpcCodes,
            Duration backoff,
            Duration maxBackoff,
            @Nullable Hedge hedge) {

        public Retry {
            codes = Set.copyOf(codes);
            grpcCodes = Set.copyOf(grpcCodes);
        }

        /** Without a hedge. */
        public Retry(int attempts, Set<Integer> codes, Set<String> grpcCodes, Duration backoff, Duration maxBackoff) {
            this(attempts, codes, grpcCodes, backoff, maxBackoff, null);
        }
    }

    /** @param after how long an attempt may go without the head of an answer */
    public record Hedge(Duration after, HedgedMethods methods) {}

    /** Which requests an application may be asked twice. */
    public enum HedgedMethods {
        IDEMPOTENT,
        ANY
    }
}
