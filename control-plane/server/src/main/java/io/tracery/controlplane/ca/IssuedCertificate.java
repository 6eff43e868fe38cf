package io.tracery.controlplane.ca;

import io.tracery.controlplane.api.Pem;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A certificate and those that vouch for it.
 *
 * @param chain the leaf first, the root last; at least two
 */
public record IssuedCertificate(List<X509Certificate> chain) {

    public IssuedCertificate {
        chain = List.copyOf(chain);
    }

    /** The end of the leaf's life. */
    public Instant notAfter() {
        return chain.getFirst().getNotAfter().toInstant();
    }

    /** The chain as PEM, one text for each certificate. */
    public List<String> pem() {
        List<String> texts = new ArrayList<>(chain.size());
        for (X509Certificate certificate : chain) {
            try {
                texts.add(Pem.encode(Pem.CERTIFICATE, certificate.getEncoded()));
            } catch (CertificateEncodingException e) {
                throw new IllegalStateException("a certificate that was just decoded has an encoding", e);
            }
        }
        return texts;
    }
}
