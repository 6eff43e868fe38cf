package io.tracery.controlplane.ca;

import io.tracery.controlplane.api.Pem;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/**
 * What is taken from a PKCS#10 request: the public key, once its owner has proved to hold the private one. Subject,
 * names and extensions are ignored, because the identity comes from the token and nowhere else.
 *
 * @param publicKey EC on P-256 or P-384, or RSA of 2048 to 4096 bits
 */
record SigningRequest(PublicKey publicKey) {

    private static final int MOST_CHARACTERS = 16 * 1024;
    private static final int LEAST_RSA_BITS = 2048;
    private static final int MOST_RSA_BITS = 4096;
    /** A larger exponent would make each verification, here and at every peer, needlessly dear. */
    private static final BigInteger MOST_RSA_EXPONENT = BigInteger.ONE.shiftLeft(32);

    private static final Set<ASN1ObjectIdentifier> CURVES =
            Set.of(SECObjectIdentifiers.secp256r1, SECObjectIdentifiers.secp384r1);
    private static final Set<ASN1ObjectIdentifier> SIGNATURES = Set.of(
            X9ObjectIdentifiers.ecdsa_with_SHA256,
            X9ObjectIdentifiers.ecdsa_with_SHA384,
            X9ObjectIdentifiers.ecdsa_with_SHA512,
            PKCSObjectIdentifiers.sha256WithRSAEncryption,
            PKCSObjectIdentifiers.sha384WithRSAEncryption,
            PKCSObjectIdentifiers.sha512WithRSAEncryption);

    /**
     * Reads and checks a request.
     *
     * @param pem one {@code CERTIFICATE REQUEST} block
     * @throws SigningRequestException saying what is wrong with it
     */
    static SigningRequest parse(String pem) throws SigningRequestException {
        if (pem.length() > MOST_CHARACTERS) {
            throw new SigningRequestException("the CSR is longer than " + MOST_CHARACTERS + " characters");
        }
        JcaPKCS10CertificationRequest request;
        try {
            request = new JcaPKCS10CertificationRequest(Pem.decode(Pem.SIGNING_REQUEST, pem));
        } catch (IllegalArgumentException e) {
            throw new SigningRequestException("the CSR is not PKCS#10 in PEM: " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            throw new SigningRequestException("the CSR is not a PKCS#10 request", e);
        }
        checkKind(request);
        try {
            PublicKey key = request.getPublicKey();
            checkSize(key);
            if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
                throw new SigningRequestException("the CSR is not signed with the private key of its public key");
            }
            return new SigningRequest(key);
        } catch (GeneralSecurityException | OperatorCreationException | PKCSException | RuntimeException e) {
            throw new SigningRequestException("the CSR's public key or signature cannot be read", e);
        }
    }

    private static void checkKind(JcaPKCS10CertificationRequest request) throws SigningRequestException {
        SubjectPublicKeyInfo key = request.getSubjectPublicKeyInfo();
        ASN1ObjectIdentifier algorithm = key.getAlgorithm().getAlgorithm();
        boolean rsa = algorithm.equals(PKCSObjectIdentifiers.rsaEncryption);
        boolean ec = algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)
                && key.getAlgorithm().getParameters() instanceof ASN1ObjectIdentifier curve
                && CURVES.contains(curve);
        if (!rsa && !ec) {
            throw new SigningRequestException("the CSR's key is neither EC on P-256 or P-384 nor RSA");
        }
        if (!SIGNATURES.contains(request.getSignatureAlgorithm().getAlgorithm())) {
            throw new SigningRequestException("the CSR is signed with neither ECDSA nor RSA and SHA-256, -384 or -512");
        }
    }

    private static void checkSize(PublicKey key) throws SigningRequestException {
        if (key instanceof RSAPublicKey rsa) {
            int bits = rsa.getModulus().bitLength();
            if (bits < LEAST_RSA_BITS || bits > MOST_RSA_BITS) {
                throw new SigningRequestException(
                        "the CSR's RSA key has " + bits + " bits, not " + LEAST_RSA_BITS + " to " + MOST_RSA_BITS);
            }
            if (rsa.getPublicExponent().compareTo(MOST_RSA_EXPONENT) > 0) {
                throw new SigningRequestException("the CSR's RSA exponent has more than 32 bits");
            }
        } else if (!(key instanceof ECPublicKey)) {
            throw new SigningRequestException("the CSR's key is neither EC nor RSA");
        }
    }
}
