package io.tracery.proxy.telemetry;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Endpoints' addresses as text, made once each: every span names one or two. Bounded; confined to the exporter. */
final class AddressTexts {

    private static final int REMEMBERED = 4096;

    private final Map<InetSocketAddress, Text> known = new HashMap<>();

    /**
     * @param host an IP address, or a name where none was resolved
     * @param whole host and port, an IPv6 address in brackets
     */
    record Text(String host, String whole) {}

    Text of(InetSocketAddress address) {
        Text text = known.get(address);
        if (text == null) {
            if (known.size() >= REMEMBERED) {
                // Endpoints come and go; those that are still there are soon known again.
                known.clear();
            }
            text = text(address);
            known.put(address, text);
        }
        return text;
    }

    private static Text text(InetSocketAddress address) {
        @Nullable InetAddress resolved = address.getAddress();
        String host = resolved == null ? address.getHostString() : resolved.getHostAddress();
        String bracketed = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return new Text(host, bracketed + ":" + address.getPort());
    }
}
