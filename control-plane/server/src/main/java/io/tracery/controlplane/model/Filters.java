package io.tracery.controlplane.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a route does besides forwarding (Gateway API, HTTPRouteFilter and GRPCRouteFilter).
 *
 * @param hostname takes the place of Host, empty where that stays
 * @param path null where it stays
 * @param redirect answers instead of forwarding, or null
 * @param extensions objects of our own that the list names
 */
public record Filters(
        HeaderChange request,
        HeaderChange response,
        String hostname,
        @Nullable PathChange path,
        @Nullable Redirect redirect,
        List<Mirror> mirrors,
        List<Extension> extensions) {

    public static final Filters NONE =
            new Filters(HeaderChange.NONE, HeaderChange.NONE, "", null, null, List.of(), List.of());

    public Filters {
        mirrors = List.copyOf(mirrors);
        extensions = List.copyOf(extensions);
    }

    /** Of one message's headers. */
    public record HeaderChange(List<Header> set, List<Header> add, List<String> remove) {

        public static final HeaderChange NONE = new HeaderChange(List.of(), List.of(), List.of());

        public HeaderChange {
            set = List.copyOf(set);
            add = List.copyOf(add);
            remove = List.copyOf(remove);
        }
    }

    public record Header(String name, String value) {}

    /** {@code ReplaceFullPath} or {@code ReplacePrefixMatch}. */
    public record PathChange(Part part, String value) {

        /** What of the path is replaced. */
        public enum Part {
            FULL,
            PREFIX
        }
    }

    /**
     * @param scheme empty where it stays
     * @param hostname empty where it stays
     * @param port 0 where it is not said
     */
    public record Redirect(
            String scheme, String hostname, @Nullable PathChange path, int port, int status) {}

    /** A copy of {@code numerator} of {@code denominator} requests goes to a service. */
    public record Mirror(Name service, int port, int numerator, int denominator) {}

    /** Gateway API, LocalObjectReference: of the route's own namespace. */
    public record Extension(String kind, Name name) {}
}
