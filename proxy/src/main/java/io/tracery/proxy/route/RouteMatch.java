package io.tracery.proxy.route;

import java.util.List;

/**
 * Which requests a route takes; all parts must hold. Built once when configuration is published.
 *
 * @param path the path part
 * @param method exact method, empty for any
 * @param headers header predicates, names in lower case
 */
public record RouteMatch(Path path, String method, List<Header> headers) {

    public static final RouteMatch ANY = new RouteMatch(new Path.Prefix("/"), "", List.of());

    public RouteMatch {
        headers = List.copyOf(headers);
    }

    /** The path predicate; the query string takes no part in it. */
    public sealed interface Path {

        record Exact(String value) implements Path {}

        /** Matches whole path elements: {@code /a} takes {@code /a} and {@code /a/b}, not {@code /ab}. */
        record Prefix(String value) implements Path {}
    }

    /** The header named exists and has exactly this value. */
    public record Header(String name, String value) {}
}
