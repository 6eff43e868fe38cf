package io.tracery.proxy.route;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a request and its answer besides where it goes.
 *
 * @param request changes to the headers of the request
 * @param response changes to the headers of the upstream's answer
 * @param host takes the place of {@code Host}, empty where that stays
 * @param path null where it stays
 * @param redirect answers instead of forwarding, or null
 * @param mirrors where copies go
 */
public record Filters(
        HeaderEdits request,
        HeaderEdits response,
        String host,
        @Nullable PathRewrite path,
        @Nullable Redirect redirect,
        List<Mirror> mirrors) {

    public static final Filters NONE = new Filters(HeaderEdits.NONE, HeaderEdits.NONE, "", null, null, List.of());

    public Filters {
        mirrors = List.copyOf(mirrors);
    }
}
