package io.tracery.proxy.route;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request as a test writes it down. */
record Request(String method, String path, Map<String, String> headers, Map<String, String> parameters)
        implements RequestView {

    Request(String method, String path, Map<String, String> headers) {
        this(method, path, headers, Map.of());
    }

    @Override
    public @Nullable String header(String name) {
        return headers.get(name);
    }

    @Override
    public @Nullable String query(String name) {
        return parameters.get(name);
    }
}
