package io.tracery.proxy.upstream;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Reads the SPIFFE ID off the certificate that a peer showed; the handshake has verified its chain by then. */
public final class PeerIdentity {

    private static final int URI_NAME = 6;
    private static final String SCHEME = "spiffe://";

    private static final AttributeKey<String> VERIFIED = AttributeKey.valueOf(PeerIdentity.class, "verified");

    private PeerIdentity() {}

    static void remember(Channel connection, String verified) {
        connection.attr(VERIFIED).set(verified);
    }

    /** Whom a connection that was handed out was verified to lead to; empty for plain text. */
    public static String verified(Channel connection) {
        String identity = connection.attr(VERIFIED).get();
        return identity == null ? "" : identity;
    }

    /** The peer's SPIFFE ID, or empty where its certificate does not carry exactly one URI and that one a SPIFFE ID. */
    public static String of(SslHandler tls) {
        try {
            Certificate[] chain = tls.engine().getSession().getPeerCertificates();
            return chain.length > 0 && chain[0] instanceof X509Certificate leaf ? of(leaf) : "";
        } catch (SSLPeerUnverifiedException e) {
            return "";
        }
    }

    static String of(X509Certificate leaf) {
        Collection<List<?>> names;
        try {
            names = leaf.getSubjectAlternativeNames();
        } catch (CertificateParsingException e) {
            return "";
        }
        if (names == null) {
            return "";
        }
        String found = "";
        for (List<?> name : names) {
            if (name.get(0) instanceof Integer type && type == URI_NAME && name.get(1) instanceof String uri) {
                if (!found.isEmpty()) {
                    return "";
                }
                found = uri;
            }
        }
        return found.startsWith(SCHEME) ? found : "";
    }
}
