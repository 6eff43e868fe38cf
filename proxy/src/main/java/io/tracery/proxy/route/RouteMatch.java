package io.tracery.proxy.route;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which requests a route takes; all parts must hold. Built once when configuration is published.
 *
 * @param path the path part
 * @param method exact method, empty for any
 * @param headers header predicates, names in lower case
 * @param query predicates of query parameters; names in their case
 */
public record RouteMatch(Path path, String method, List<Header> headers, List<Query> query) {

    public static final RouteMatch ANY = new RouteMatch(new Path.Prefix("/"), "", List.of());

    public RouteMatch {
        headers = List.copyOf(headers);
        query = List.copyOf(query);
    }

    public RouteMatch(Path path, String method, List<Header> headers) {
        this(path, method, headers, List.of());
    }

    /** The path predicate; the query string takes no part in it. */
    public sealed interface Path {

        record Exact(String value) implements Path {}

        /** Matches whole path elements: {@code /a} takes {@code /a} and {@code /a/b}, not {@code /ab}. */
        record Prefix(String value) implements Path {}

        /** The whole path matches. */
        record Expression(TextMatch.Expression value) implements Path {}
    }

    /** The header named exists and has such a value; of several headers of one name the first counts. */
    public record Header(String name, TextMatch value) {

        public Header(String name, String exact) {
            this(name, new TextMatch.Exact(exact));
        }
    }

    /** The parameter named exists and has such a value, as it was sent; of several of one name the first counts. */
    public record Query(String name, TextMatch value) {}

    /** Everything but the path. */
    boolean takesBesidesPath(RequestView request) {
        if (!method.isEmpty() && !method.equals(request.method())) {
            return false;
        }
        return (headers.isEmpty() || takesHeaders(request)) && (query.isEmpty() || takesQuery(request));
    }

    private boolean takesHeaders(RequestView request) {
        for (Header header : headers) {
            if (!takes(header.value(), request.header(header.name()))) {
                return false;
            }
        }
        return true;
    }

    private boolean takesQuery(RequestView request) {
        for (Query parameter : query) {
            if (!takes(parameter.value(), request.query(parameter.name()))) {
                return false;
            }
        }
        return true;
    }

    private static boolean takes(TextMatch match, @Nullable String value) {
        return value != null && match.takes(value);
    }

    /** The first element of a path with its slash, or null where every request may match. */
    @Nullable
    static String firstElement(Path path) {
        return path instanceof Path.Expression expression
                ? literalElement(expression.value().text())
                : null;
    }

    /**
     * The element with which everything begins that an expression takes: {@code /api} of {@code /api/v[0-9]+}. Null where
     * that does not show at once.
     */
    private static @Nullable String literalElement(String expression) {
        if (expression.indexOf('|') >= 0 || !expression.startsWith("/")) {
            return null;
        }
        for (int i = 1; i < expression.length(); i++) {
            char c = expression.charAt(i);
            if (c == '/') {
                // A quantifier would make of the slash one that may be missing.
                boolean certain = i + 1 == expression.length() || "?*{".indexOf(expression.charAt(i + 1)) < 0;
                return certain ? expression.substring(0, i) : null;
            }
            if (!Character.isLetterOrDigit(c) && c != '-' && c != '_') {
                return null;
            }
        }
        return null;
    }
}
