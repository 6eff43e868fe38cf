package io.tracery.proxy.upstream;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Reads the SPIFFE ID off the certificate that a peer showed; the handshake has verified its chain by then. */
public final class PeerIdentity {

    private static final int URI_NAME = 6;
    private static final String SCHEME = "spiffe://";

    /** Certificates whose identity is remembered; a mesh shows the same few to one sidecar over and over. */
    private static final int MOST_REMEMBERED = 1_000;

    private static final Map<ByteBuffer, String> KNOWN =
            Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<ByteBuffer, String> eldest) {
                    return size() > MOST_REMEMBERED;
                }
            });

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
            return chain.length == 0 ? "" : of(chain[0].getEncoded());
        } catch (SSLPeerUnverifiedException | CertificateEncodingException e) {
            return "";
        }
    }

    /**
     * By the bytes of the certificate: asked for a name, the connection's own copy would parse itself and stay parsed, some
     * kilobytes, for as long as the connection lives.
     */
    private static String of(byte[] leaf) {
        ByteBuffer key = ByteBuffer.wrap(leaf);
        String known = KNOWN.get(key);
        if (known == null) {
            known = parsed(leaf);
            KNOWN.put(key, known);
        }
        return known;
    }

    private static String parsed(byte[] leaf) {
        try {
            Certificate parsed =
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(leaf));
            return parsed instanceof X509Certificate x509 ? of(x509) : "";
        } catch (CertificateException e) {
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
