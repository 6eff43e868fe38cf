package io.tracery.proxy.telemetry;

import io.tracery.proxy.mesh.Endpoint;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Endpoints' addresses as text, made once each: every span names one or two. Of two that meet in one place the later is
 * remembered. Confined to the exporter.
 */
final class AddressTexts {

    /** A power of two. */
    private static final int PLACES = 1024;

    private final @Nullable Text[] places = new @Nullable Text[PLACES];

    /**
     * @param host an IP address, or a name where none was resolved
     * @param whole host and port, an IPv6 address in brackets
     */
    record Text(Endpoint endpoint, String host, String whole) {

        private static Text of(Endpoint endpoint) {
            InetSocketAddress address = endpoint.address();
            @Nullable InetAddress resolved = address.getAddress();
            String host = resolved == null ? address.getHostString() : resolved.getHostAddress();
            String bracketed = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
            return new Text(endpoint, host, bracketed + ":" + address.getPort());
        }
    }

    @SuppressWarnings("ReferenceEquality") // To hash and compare a socket address costs more than all the rest.
    Text of(Endpoint endpoint) {
        int hash = System.identityHashCode(endpoint);
        int place = (hash ^ (hash >>> 16)) & (PLACES - 1);
        Text text = places[place];
        if (text == null || text.endpoint != endpoint) {
            text = Text.of(endpoint);
            places[place] = text;
        }
        return text;
    }
}
