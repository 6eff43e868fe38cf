package io.tracery.proxy.route;

import org.jspecify.annotations.Nullable;

/**
 * Sends the client somewhere else instead of forwarding its request. What is not said stays as the client asked for it.
 *
 * @param scheme empty where it stays
 * @param host empty where it stays
 * @param port 0 where it is not said: the request's own, or none where the host or the scheme changes
 * @param path null where it stays
 * @param query what becomes of the query
 * @param status 301, 302, 303, 307 or 308
 */
public record Redirect(
        String scheme, String host, int port, @Nullable PathRewrite path, Query query, int status) {

    /** Whether the client's query goes with it. */
    public enum Query {
        KEPT,
        STRIPPED
    }

    /**
     * The value of {@code Location}.
     *
     * @param scheme of the request
     * @param authority of the request, with its port where it has one
     * @param requestPath without its query
     * @param target path and query
     */
    public String location(String scheme, String authority, String requestPath, String target) {
        String newScheme = this.scheme.isEmpty() ? scheme : this.scheme;
        int colon = authority.lastIndexOf(':');
        boolean withPort = colon > authority.lastIndexOf(']');
        String oldHost = withPort ? authority.substring(0, colon) : authority;
        StringBuilder location =
                new StringBuilder(64).append(newScheme).append("://").append(host.isEmpty() ? oldHost : host);
        if (port > 0) {
            if (port != wellKnown(newScheme)) {
                location.append(':').append(port);
            }
        } else if (withPort && host.isEmpty() && newScheme.equals(scheme)) {
            location.append(authority, colon, authority.length());
        }
        location.append(path == null ? requestPath : path.apply(requestPath));
        if (query == Query.KEPT) {
            location.append(target, Math.min(requestPath.length(), target.length()), target.length());
        }
        return location.toString();
    }

    private static int wellKnown(String scheme) {
        return scheme.equals("https") ? 443 : 80;
    }
}
