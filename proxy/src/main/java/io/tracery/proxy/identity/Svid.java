package io.tracery.proxy.identity;

import io.tracery.controlplane.api.SpiffeId;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules that SPIFFE adds to those of X.509 for a leaf (X509-SVID.md, sections 2 to 5). */
final class Svid {

    private static final int URI_NAME = 6;
    private static final int DIGITAL_SIGNATURE = 0;
    private static final int KEY_CERT_SIGN = 5;
    private static final int CRL_SIGN = 6;
    private static final int NOT_A_CA = -1;

    private Svid() {}

    /**
     * Whom a leaf certifies.
     *
     * @throws CertificateException saying which rule it breaks
     */
    static SpiffeId check(X509Certificate leaf) throws CertificateException {
        if (leaf.getBasicConstraints() != NOT_A_CA) {
            throw new CertificateException("the certificate is an authority's, not a workload's");
        }
        boolean[] usage = leaf.getKeyUsage();
        if (usage == null || !usage[DIGITAL_SIGNATURE] || usage[KEY_CERT_SIGN] || usage[CRL_SIGN]) {
            throw new CertificateException("the certificate's key is not for signatures alone");
        }
        SpiffeId id;
        try {
            id = SpiffeId.parse(onlyUri(leaf.getSubjectAlternativeNames()));
        } catch (IllegalArgumentException e) {
            throw new CertificateException("the certificate's name is no SPIFFE ID: " + e.getMessage(), e);
        }
        if (id.path().isEmpty()) {
            throw new CertificateException("the certificate names a trust domain, not a workload");
        }
        return id;
    }

    private static String onlyUri(@Nullable Collection<List<?>> names) throws CertificateException {
        String uri = null;
        for (List<?> name : names == null ? List.<List<?>>of() : names) {
            if (name.get(0) instanceof Integer type && type == URI_NAME) {
                if (uri != null) {
                    throw new CertificateException("the certificate carries more than one URI");
                }
                uri = String.valueOf(name.get(1));
            }
        }
        if (uri == null) {
            throw new CertificateException("the certificate carries no URI");
        }
        return uri;
    }
}
