package io.tracery.controlplane.ca;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** What root and leaves have in common. */
final class Certificates {

    private static final SecureRandom RANDOM = new SecureRandom();
    /** RFC 5280, 4.1.2.2 allows 20 octets and asks for a positive number. */
    private static final int SERIAL_NUMBER_BITS = 127;

    private Certificates() {}

    static BigInteger serialNumber() {
        return new BigInteger(SERIAL_NUMBER_BITS, RANDOM).add(BigInteger.ONE);
    }

    static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey key) throws GeneralSecurityException {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException("every JDK has ECDSA with SHA-256", e);
        }
    }
}
