package io.tracery.proxy.identity;

import io.tracery.controlplane.api.Pem;
import io.tracery.controlplane.api.SpiffeId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;

/** A certificate signing request (PKCS#10, RFC 2986) for a SPIFFE ID, signed with the key that it asks a certificate for. */
final class SigningRequest {

    private static final int CONTEXT_0 = 0xa0;
    /** GeneralName's uniformResourceIdentifier (RFC 5280, 4.2.1.6). */
    private static final int CONTEXT_6 = 0x86;

    private static final byte[] ECDSA_WITH_SHA256 = Der.objectIdentifier(1, 2, 840, 10045, 4, 3, 2);
    private static final byte[] EXTENSION_REQUEST = Der.objectIdentifier(1, 2, 840, 113549, 1, 9, 14);
    private static final byte[] SUBJECT_ALTERNATIVE_NAME = Der.objectIdentifier(2, 5, 29, 17);
    private static final byte[] EMPTY_NAME = Der.sequence();

    private SigningRequest() {}

    /**
     * The request as PEM. Our own authority takes the name from the token; others compare it with the one asked for.
     *
     * @param pair EC P-256
     */
    static String pem(KeyPair pair, SpiffeId id) {
        byte[] uri = Der.tagged(CONTEXT_6, id.toString().getBytes(StandardCharsets.US_ASCII));
        byte[] names = Der.sequence(SUBJECT_ALTERNATIVE_NAME, Der.octetString(Der.sequence(uri)));
        byte[] attribute = Der.sequence(EXTENSION_REQUEST, Der.setOf(Der.sequence(names)));
        byte[] info = Der.sequence(
                Der.integer(0), EMPTY_NAME, pair.getPublic().getEncoded(), Der.tagged(CONTEXT_0, attribute));
        byte[] request = Der.sequence(info, Der.sequence(ECDSA_WITH_SHA256), Der.bitString(sign(pair, info)));
        return Pem.encode(Pem.SIGNING_REQUEST, request);
    }

    private static byte[] sign(KeyPair pair, byte[] info) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(pair.getPrivate());
            signature.update(info);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK signs with ECDSA and SHA-256", e);
        }
    }
}
