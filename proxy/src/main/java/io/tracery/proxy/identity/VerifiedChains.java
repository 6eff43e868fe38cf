package io.tracery.proxy.identity;

import java.nio.ByteBuffer;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Chains that were verified against the same anchors before, byte by byte, and until when that holds: until the first of
 * their certificates expires. There is no revocation in the mesh that could say otherwise; that a peer has the key is shown
 * by each handshake anew. Any thread.
 */
final class VerifiedChains {

    private static final int MOST = 1_000;

    private final Map<ByteBuffer, Validity> known =
            Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Validity> eldest) {
                    return size() > MOST;
                }
            });

    private record Validity(Instant from, Instant to) {}

    /** What a chain was verified for. */
    enum Role {
        CLIENT,
        SERVER
    }

    boolean holds(X509Certificate[] chain, Role role, Instant now) throws CertificateEncodingException {
        Validity validity = known.get(key(chain, role));
        return validity != null && !now.isBefore(validity.from) && !now.isAfter(validity.to);
    }

    void verified(X509Certificate[] chain, Role role) throws CertificateEncodingException {
        Instant from = Instant.MIN;
        Instant to = Instant.MAX;
        for (X509Certificate certificate : chain) {
            Instant begins = certificate.getNotBefore().toInstant();
            Instant ends = certificate.getNotAfter().toInstant();
            from = begins.isAfter(from) ? begins : from;
            to = ends.isBefore(to) ? ends : to;
        }
        known.put(key(chain, role), new Validity(from, to));
    }

    /** Of certificates that were not looked into nothing but their bytes is asked for: they need not be parsed. */
    private static ByteBuffer key(X509Certificate[] chain, Role role) throws CertificateEncodingException {
        byte[][] encoded = new byte[chain.length][];
        int length = 1;
        for (int i = 0; i < chain.length; i++) {
            encoded[i] = chain[i].getEncoded();
            length += encoded[i].length;
        }
        // DER says its own length, so that no two chains read the same when put together.
        ByteBuffer key = ByteBuffer.allocate(length).put((byte) (role == Role.CLIENT ? 1 : 2));
        for (byte[] certificate : encoded) {
            key.put(certificate);
        }
        return key.flip();
    }
}
