package io.tracery.controlplane.source;

import java.net.InetAddress;
import java.util.regex.Pattern;

/** IP addresses as people write them. Proxies resolve no names, so none is let through to them. */
final class Addresses {

    /** Neither {@code 127.1} nor an interface after {@code %}, which the JDK takes too. */
    private static final Pattern PLAIN = Pattern.compile("([0-9]+\\.){3}[0-9]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    private Addresses() {}

    /** The text itself, and a problem where it is not the literal of an IP address. */
    static String checked(Fields fields, String field, String text) {
        try {
            InetAddress.ofLiteral(text);
            if (PLAIN.matcher(text).matches()) {
                return text;
            }
        } catch (IllegalArgumentException e) {
            // Answered below, with the other texts that are no address.
        }
        fields.problem(field, "must be an IP address, not \"" + text + "\"");
        return text;
    }
}
