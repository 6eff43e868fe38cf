package io.tracery.proxy.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.tracery.proxy.route.RequestView;
import org.jspecify.annotations.Nullable;

/** A request's head as routes see it. The query is only looked at when a route asks for it, and never decoded. */
record RequestHead(String method, String path, String target, HttpHeaders headers) implements RequestView {

    @Override
    public @Nullable String header(String name) {
        return headers.get(name);
    }

    @Override
    public @Nullable String query(String name) {
        // The target of CONNECT is no path and has no query.
        int from = target.startsWith("?", path.length()) ? path.length() + 1 : target.length();
        while (from < target.length()) {
            int end = target.indexOf('&', from);
            if (end < 0) {
                end = target.length();
            }
            int equals = target.indexOf('=', from);
            int nameEnd = equals < 0 || equals > end ? end : equals;
            if (nameEnd - from == name.length() && target.startsWith(name, from)) {
                return target.substring(Math.min(nameEnd + 1, end), end);
            }
            from = end + 1;
        }
        return null;
    }
}
