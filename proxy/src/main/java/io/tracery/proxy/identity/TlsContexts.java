package io.tracery.proxy.identity;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import io.tracery.controlplane.api.SpiffeId;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;

/**
 * Makes what handshakes need of an identity: one context for each side, shared by all connections. BoringSSL where it is
 * on board, else the JDK's TLS.
 */
final class TlsContexts {

    private static final String TLS_1_3 = "TLSv1.3";
    /** Pools keep connections for long, so few sessions are worth remembering. */
    private static final int SESSIONS = 64;

    private static final int SESSION_SECONDS = 600;

    private TlsContexts() {}

    /** Counted references: BoringSSL's memory goes when the last connection has, not when a finalizer runs. */
    static SslProvider provider() {
        return OpenSsl.isAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;
    }

    /**
     * @param presented what the peer gets to see: the leaf and those between it and the root
     * @throws SSLException when the TLS library takes no such key or chain
     */
    static Identity identity(
            SslProvider provider, SpiffeId id, KeyPair pair, List<X509Certificate> presented, TrustManager trust)
            throws SSLException {
        KeyManagerFactory key = KeyHolder.factory(pair.getPrivate(), presented);
        SslContext server = SslContextBuilder.forServer(key)
                .sslProvider(provider)
                .protocols(TLS_1_3)
                .trustManager(trust)
                .clientAuth(ClientAuth.REQUIRE)
                .sessionCacheSize(SESSIONS)
                .sessionTimeout(SESSION_SECONDS)
                .build();
        try {
            SslContext client = SslContextBuilder.forClient()
                    .keyManager(key)
                    .sslProvider(provider)
                    .protocols(TLS_1_3)
                    .trustManager(trust)
                    .endpointIdentificationAlgorithm(null)
                    .sessionCacheSize(SESSIONS)
                    .sessionTimeout(SESSION_SECONDS)
                    .build();
            return new Identity(
                    id.toString(),
                    server,
                    client,
                    presented.getFirst().getNotAfter().toInstant());
        } catch (SSLException | RuntimeException e) {
            ReferenceCountUtil.release(server);
            throw e;
        }
    }

    /** Connections that were made of it keep what they need. */
    static void release(Identity identity) {
        ReferenceCountUtil.release(identity.server());
        ReferenceCountUtil.release(identity.client());
    }
}
