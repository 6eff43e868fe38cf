package io.tracery.proxy.route;

import io.tracery.proxy.route.RouteMatch.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The routes of one listener in order of precedence: the first that matches a request takes it. They are found by the
 * request's path, so that only routes for that path are looked at, however many there are; routes that differ in
 * something else (headers, method, query, expressions below one first element) are tried one after the other.
 */
public final class RouteTable {

    private final String name;
    private final List<Route> routes;

    // By path: whole paths; prefixes without their last slash; the first elements of expressions; expressions without
    // one.
    private final PathIndex exact;
    private final PathIndex prefixes;
    private final PathIndex expressions;
    private final int[] anywhere;

    /**
     * @param name the xDS route configuration's name
     * @param routes first match wins
     */
    public RouteTable(String name, List<Route> routes) {
        this.name = name;
        this.routes = List.copyOf(routes);
        PathIndex.Builder whole = new PathIndex.Builder();
        PathIndex.Builder begin = new PathIndex.Builder();
        PathIndex.Builder first = new PathIndex.Builder();
        int[] rest = new int[this.routes.size()];
        int restSize = 0;
        for (int i = 0; i < this.routes.size(); i++) {
            Path path = this.routes.get(i).match().path();
            switch (path) {
                case Path.Exact text -> whole.add(text.value(), i);
                case Path.Prefix text -> begin.add(withoutSlash(text.value()), i);
                case Path.Expression expression -> {
                    String element = RouteMatch.firstElement(expression);
                    if (element == null) {
                        rest[restSize++] = i;
                    } else {
                        first.add(element, i);
                    }
                }
            }
        }
        this.exact = whole.build();
        this.prefixes = begin.build();
        this.expressions = first.build();
        this.anywhere = Arrays.copyOf(rest, restSize);
    }

    /** {@code /a/} takes what {@code /a} takes, and {@code /} takes everything. */
    private static String withoutSlash(String prefix) {
        return prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
    }

    /** The first route that takes the request, or null. */
    public @Nullable Route find(RequestView request) {
        String path = request.path();
        int length = path.length();
        int best = first(anywhere, request, Integer.MAX_VALUE);
        int hash = 0;
        boolean pastFirst = false;
        for (int i = 0; i < length; i++) {
            char c = path.charAt(i);
            if (c == '/' || i == 0) {
                best = first(prefixes.find(path, i, hash), request, best);
                if (i > 0 && !pastFirst) {
                    pastFirst = true;
                    best = first(expressions.find(path, i, hash), request, best);
                }
            }
            hash = 31 * hash + c;
        }
        best = first(prefixes.find(path, length, hash), request, best);
        best = first(exact.find(path, length, hash), request, best);
        return best == Integer.MAX_VALUE ? null : routes.get(best);
    }

    /** The first of these that takes the request, where it comes before the best so far. */
    private int first(int[] candidates, RequestView request, int best) {
        for (int candidate : candidates) {
            if (candidate >= best) {
                return best;
            }
            RouteMatch match = routes.get(candidate).match();
            if (match.takesBesidesPath(request)
                    && (!(match.path() instanceof Path.Expression expression)
                            || expression.value().takes(request.path()))) {
                return candidate;
            }
        }
        return best;
    }

    public String name() {
        return name;
    }

    public List<Route> routes() {
        return routes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RouteTable table && name.equals(table.name) && routes.equals(table.routes);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + routes.hashCode();
    }

    @Override
    public String toString() {
        return name + " " + routes;
    }
}
