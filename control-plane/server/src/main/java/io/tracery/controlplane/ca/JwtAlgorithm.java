package io.tracery.controlplane.ca;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;

/** The signature algorithms of RFC 7518 that a service account token may have; {@code none} is not among them. */
enum JwtAlgorithm {
    /** ECDSA on P-256; the signature is the two numbers side by side, not DER. */
    ES256("SHA256withECDSAinP1363Format"),
    RS256("SHA256withRSA");

    private final String jdkName;

    JwtAlgorithm(String jdkName) {
        this.jdkName = jdkName;
    }

    /** False also for what is no signature at all. */
    boolean verify(PublicKey key, byte[] signed, byte[] signature) {
        try {
            Signature verifier = signature();
            verifier.initVerify(key);
            verifier.update(signed);
            return verifier.verify(signature);
        } catch (SignatureException | InvalidKeyException e) {
            return false;
        }
    }

    byte[] sign(PrivateKey key, byte[] toSign) throws GeneralSecurityException {
        Signature signer = signature();
        signer.initSign(key);
        signer.update(toSign);
        return signer.sign();
    }

    private Signature signature() {
        try {
            return Signature.getInstance(jdkName);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + jdkName, e);
        }
    }
}
