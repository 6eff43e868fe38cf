package io.tracery.proxy.route;

import org.jspecify.annotations.Nullable;

/** What of a request routes look at. */
public interface RequestView {

    String method();

    /** Without its query. */
    String path();

    /** The first value of a header by its lower-case name, null where the request has none. */
    @Nullable
    String header(String name);

    /** The first value of a query parameter as it was sent, null where the request has none of that name. */
    @Nullable
    String query(String name);
}
