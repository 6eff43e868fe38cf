package io.tracery.proxy.identity;

import io.netty.handler.ssl.SslContext;
import java.time.Instant;

/**
 * The proxy's certified identity, ready for handshakes: TLS 1.3 only, own certificate presented, the peer's chain
 * verified against the mesh's trust anchor in both directions. Which SPIFFE ID the peer carries is checked by whoever
 * made the connection, after the handshake, because only it knows whom it meant.
 *
 * @param spiffeId the proxy's own SPIFFE ID
 * @param server for accepted connections; requires a client certificate
 * @param client for connections made
 * @param notAfter end of the certificate's life
 */
public record Identity(String spiffeId, SslContext server, SslContext client, Instant notAfter) {}
