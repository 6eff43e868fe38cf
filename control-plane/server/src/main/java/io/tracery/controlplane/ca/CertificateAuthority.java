package io.tracery.controlplane.ca;

import io.tracery.controlplane.api.ServiceAccount;
import io.tracery.controlplane.api.SpiffeId;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;

/**
 * The mesh's certificate authority: one self-signed EC P-256 root of ten years, kept in a folder, that signs leaves
 * directly. Safe for any number of threads.
 */
public final class CertificateAuthority {

    /** Life of a leaf for which nobody asked a shorter one. */
    public static final Duration LEAF_LIFE = Duration.ofHours(24);

    /** How far a certificate's life begins in the past, for peers whose clock is behind. */
    static final Duration CLOCK_SKEW = Duration.ofSeconds(20);

    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

    private final String trustDomain;
    private final Root root;
    private final Duration leafLife;
    private final Clock clock;

    private CertificateAuthority(String trustDomain, Root root, Duration leafLife, Clock clock) {
        this.trustDomain = trustDomain;
        this.root = root;
        this.leafLife = leafLife;
        this.clock = clock;
    }

    /** As {@link #open(Path, String, Duration, Clock)} with the usual life of a leaf. */
    public static CertificateAuthority open(Path folder, String trustDomain, Clock clock) throws IOException {
        return open(folder, trustDomain, LEAF_LIFE, clock);
    }

    /**
     * Opens the authority that the folder holds, or makes one where it holds none.
     *
     * @param folder holds {@code root.pem}, for everybody, and {@code root-key.pem}, for its owner only
     * @param trustDomain of every identity it certifies
     * @param leafLife the longest life of a leaf
     * @throws IOException when the folder's content is incomplete, of another trust domain, or readable by others
     * @throws IllegalArgumentException when the trust domain is none, or the life is not positive
     */
    public static CertificateAuthority open(Path folder, String trustDomain, Duration leafLife, Clock clock)
            throws IOException {
        if (!leafLife.isPositive()) {
            throw new IllegalArgumentException("a certificate's life is positive, not " + leafLife);
        }
        Root root = Root.open(folder, new SpiffeId(trustDomain, "").trustDomain(), clock);
        return new CertificateAuthority(trustDomain, root, leafLife, clock);
    }

    public String trustDomain() {
        return trustDomain;
    }

    /** The trust anchor as PEM, readable by everybody; what proxies verify their peers and this server against. */
    public Path rootFile() {
        return root.file();
    }

    X509Certificate root() {
        return root.certificate();
    }

    /**
     * Certifies a workload: an X.509-SVID for a service account's SPIFFE ID.
     *
     * @param asked life that the caller would like; zero for the usual one, and never more than that
     */
    IssuedCertificate issue(SigningRequest request, ServiceAccount account, Duration asked) {
        SpiffeId id = SpiffeId.ofServiceAccount(trustDomain, account);
        GeneralName name = new GeneralName(GeneralName.uniformResourceIdentifier, id.toString());
        Duration life = asked.isZero() || asked.compareTo(leafLife) > 0 ? leafLife : asked;
        return issue(request.publicKey(), List.of(name), life);
    }

    /** Certifies a server of the control plane's own under the host names and addresses at which it is called. */
    IssuedCertificate issueServer(PublicKey key, List<String> hosts) {
        List<GeneralName> names = hosts.stream()
                .map(host -> new GeneralName(isAddress(host) ? GeneralName.iPAddress : GeneralName.dNSName, host))
                .toList();
        return issue(key, names, leafLife);
    }

    private static boolean isAddress(String host) {
        return host.indexOf(':') >= 0 || IPV4.matcher(host).matches();
    }

    private IssuedCertificate issue(PublicKey key, List<GeneralName> names, Duration life) {
        Instant now = clock.instant();
        Instant end = now.plus(life);
        Instant rootEnd = root.certificate().getNotAfter().toInstant();
        try {
            var builder = new JcaX509v3CertificateBuilder(
                    root.certificate().getSubjectX500Principal(),
                    Certificates.serialNumber(),
                    Date.from(now.minus(CLOCK_SKEW)),
                    Date.from(end.isBefore(rootEnd) ? end : rootEnd),
                    // Nobody reads the subject of such a certificate, so there is none to disagree with its name.
                    new X500Principal(""),
                    key);
            var identifiers = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
            }));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    identifiers.createAuthorityKeyIdentifier(root.certificate().getPublicKey()));
            builder.addExtension(Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(key));
            // Critical, as RFC 5280, 4.2.1.6 wants it beside an empty subject.
            builder.addExtension(
                    Extension.subjectAlternativeName, true, new GeneralNames(names.toArray(GeneralName[]::new)));
            return new IssuedCertificate(List.of(Certificates.sign(builder, root.key()), root.certificate()));
        } catch (CertIOException | GeneralSecurityException e) {
            throw new IllegalStateException("a certificate could not be signed", e);
        }
    }
}
