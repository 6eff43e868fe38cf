package io.tracery.controlplane.ca;

import io.tracery.controlplane.api.Pem;
import io.tracery.controlplane.api.SpiffeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;

/**
 * The mesh's trust anchor and its key, kept in a folder: {@code root-key.pem}, for its owner only, and {@code root.pem},
 * for everybody.
 */
record Root(PrivateKey key, X509Certificate certificate, Path file) {

    private static final Duration LIFE = Duration.ofDays(3650);
    private static final int URI_NAME = 6;

    /**
     * Reads the root that the folder holds, or makes one where it holds none.
     *
     * @throws IOException when what it holds is incomplete, not ours, expired, or readable by others
     */
    static Root open(Path folder, String trustDomain, Clock clock) throws IOException {
        Files.createDirectories(folder);
        Path keyFile = folder.resolve("root-key.pem");
        Path certificateFile = folder.resolve("root.pem");
        if (Files.exists(certificateFile)) {
            if (!Files.exists(keyFile)) {
                throw new IOException(keyFile + " is missing beside " + certificateFile
                        + "; restore it, or remove both and restart every proxy");
            }
            return read(keyFile, certificateFile, trustDomain, clock.instant());
        }
        // A key alone is what a crash between the two writes leaves behind; nobody has trusted it yet.
        KeyPair pair = Keys.generate();
        CaFiles.writeSecret(
                keyFile, Pem.encode(Pem.PRIVATE_KEY, pair.getPrivate().getEncoded()));
        X509Certificate certificate = selfSigned(pair, trustDomain, clock.instant());
        try {
            CaFiles.writePublic(certificateFile, Pem.encode(Pem.CERTIFICATE, certificate.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate that was just made has an encoding", e);
        }
        return new Root(pair.getPrivate(), certificate, certificateFile);
    }

    private static Root read(Path keyFile, Path certificateFile, String trustDomain, Instant now) throws IOException {
        PrivateKey key = CaFiles.readKey(keyFile);
        X509Certificate certificate;
        try (var in = Files.newInputStream(certificateFile)) {
            certificate =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        } catch (GeneralSecurityException e) {
            throw new IOException(certificateFile + " is not a certificate in PEM: " + e.getMessage(), e);
        }
        if (!Keys.belongTogether(key, certificate.getPublicKey())) {
            throw new IOException(keyFile + " is not the key of " + certificateFile);
        }
        if (certificate.getBasicConstraints() < 0 || !names(certificate, trustDomain)) {
            throw new IOException(certificateFile + " is not the root of trust domain " + trustDomain
                    + "; use its trust domain, or another folder");
        }
        if (now.isAfter(certificate.getNotAfter().toInstant())) {
            throw new IOException(certificateFile + " has expired; remove it and its key, and restart every proxy");
        }
        return new Root(key, certificate, certificateFile);
    }

    private static boolean names(X509Certificate certificate, String trustDomain) throws IOException {
        try {
            var names = Objects.requireNonNullElse(certificate.getSubjectAlternativeNames(), List.<List<?>>of());
            return names.stream()
                    .anyMatch(name -> name.getFirst().equals(URI_NAME)
                            && name.get(1).equals(new SpiffeId(trustDomain, "").toString()));
        } catch (GeneralSecurityException e) {
            throw new IOException("the root's names cannot be read", e);
        }
    }

    private static X509Certificate selfSigned(KeyPair pair, String trustDomain, Instant now) {
        X500Principal name = new X500Principal("CN=Tracery root, O=" + trustDomain);
        try {
            var builder = new JcaX509v3CertificateBuilder(
                    name,
                    Certificates.serialNumber(),
                    Date.from(now.minus(CertificateAuthority.CLOCK_SKEW)),
                    Date.from(now.plus(LIFE)),
                    name,
                    pair.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            builder.addExtension(
                    Extension.subjectKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(
                            GeneralName.uniformResourceIdentifier, new SpiffeId(trustDomain, "").toString())));
            return Certificates.sign(builder, pair.getPrivate());
        } catch (CertIOException | GeneralSecurityException e) {
            throw new IllegalStateException("the root certificate could not be made", e);
        }
    }
}
