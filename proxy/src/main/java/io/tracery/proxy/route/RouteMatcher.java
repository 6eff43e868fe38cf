package io.tracery.proxy.route;

import io.tracery.proxy.route.RouteMatch.Header;
import io.tracery.proxy.route.RouteMatch.Path;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds the route of a request. */
public final class RouteMatcher {

    private RouteMatcher() {}

    /**
     * @param path without its query
     * @param header value of a header by its lower-case name, null where the request has none
     * @return the first route that matches, or null
     */
    public static @Nullable Route find(
            RouteTable table, String method, String path, Function<String, @Nullable String> header) {
        for (Route route : table.routes()) {
            if (matches(route.match(), method, path, header)) {
                return route;
            }
        }
        return null;
    }

    private static boolean matches(
            RouteMatch match, String method, String path, Function<String, @Nullable String> header) {
        return (match.method().isEmpty() || match.method().equals(method))
                && matches(match.path(), path)
                && matches(match.headers(), header);
    }

    private static boolean matches(Path predicate, String path) {
        return switch (predicate) {
            case Path.Exact exact -> path.equals(exact.value());
            case Path.Prefix prefix -> startsWithElements(path, prefix.value());
        };
    }

    /** {@code /a/} takes what {@code /a} takes, and {@code /} takes everything. */
    private static boolean startsWithElements(String path, String prefix) {
        int length = prefix.endsWith("/") ? prefix.length() - 1 : prefix.length();
        return path.regionMatches(0, prefix, 0, length)
                && (path.length() == length || path.charAt(length) == '/' || length == 0);
    }

    private static boolean matches(List<Header> headers, Function<String, @Nullable String> values) {
        for (Header header : headers) {
            if (!header.value().equals(values.apply(header.name()))) {
                return false;
            }
        }
        return true;
    }
}
