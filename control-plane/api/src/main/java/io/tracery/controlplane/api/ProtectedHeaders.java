package io.tracery.controlplane.api;

import java.util.Locale;
import java.util.Set;

/**
 * Headers that a route may not change, because the mesh relies on them: what frames a message (RFC 9112 section 6), what
 * speaks of one connection (RFC 9110 section 7.6.1), where the message goes, its place in a trace, and gRPC's own.
 */
public final class ProtectedHeaders {

    private static final Set<String> NAMES = Set.of(
            "host",
            "content-length",
            "transfer-encoding",
            "connection",
            "proxy-connection",
            "keep-alive",
            "te",
            "trailer",
            "upgrade",
            "http2-settings",
            "expect",
            "traceparent",
            "tracestate",
            "grpc-timeout",
            "grpc-status",
            "grpc-message",
            "x-tracery-fate");

    private ProtectedHeaders() {}

    /** Why a route may not set, add or remove this header, empty where it may. */
    public static String problem(String name) {
        if (NAMES.contains(name.toLowerCase(Locale.ROOT))) {
            return name + " is one that the mesh relies on: a route cannot change it";
        }
        return name.isEmpty() || !name.chars().allMatch(ProtectedHeaders::isToken)
                ? "\"" + name + "\" is not the name of a header"
                : "";
    }

    /** Why a header cannot have this value, empty where it can (RFC 9110 section 5.5). */
    public static String valueProblem(String value) {
        return value.chars().anyMatch(c -> (c < 0x20 && c != '\t') || c == 0x7f || c > 0xff)
                ? "a header's value has no control characters"
                : "";
    }

    /** RFC 9110 section 5.6.2. */
    private static boolean isToken(int c) {
        return (c >= '0' && c <= '9')
                || (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }
}
