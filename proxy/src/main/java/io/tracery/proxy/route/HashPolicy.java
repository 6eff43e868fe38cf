package io.tracery.proxy.route;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What of a request decides on its endpoint where hashes do (Envoy's {@code RouteAction.hash_policy}). Of several the first
 * that a request has counts.
 */
public sealed interface HashPolicy {

    /** @param name lower case; all its values count */
    record Header(String name) implements HashPolicy {}

    /**
     * @param name of the cookie
     * @param path of a cookie that the proxy gives
     * @param ttl how long a cookie lasts that the proxy gives to a client without one; zero: until the client's session
     *     ends; null: it gives none
     */
    record Cookie(String name, String path, @Nullable Duration ttl) implements HashPolicy {}

    /** The address that the client connected from. */
    record SourceAddress() implements HashPolicy {}
}
