package io.tracery.load.lab.host;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Signs with the root that all of the lab's certificates have, by openssl. Keys are EC P-256.
 *
 * @param root its certificate, PEM
 * @param key of the root, PEM
 */
public record Authority(Path root, Path key) {

    /** The root of a control plane, by its certificate; the key lies beside it. */
    public static Authority of(Path root) {
        return new Authority(root, root.resolveSibling("root-key.pem"));
    }

    /** Makes a private key, PKCS#8 in PEM, and asks for a certificate of it, PKCS#10 in DER. */
    public static void request(String name, Path key, Path request) throws IOException, InterruptedException {
        Commands.output(List.of(
                "openssl",
                "req",
                "-new",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-subj",
                "/CN=" + name,
                "-keyout",
                key.toString(),
                "-outform",
                "DER",
                "-out",
                request.toString()));
    }

    /**
     * Certifies a server and client for two days.
     *
     * @param request PKCS#10, DER
     * @param names as openssl has them, such as {@code DNS:server.lab}
     * @param certificate where to put it, PEM
     */
    public X509Certificate certify(Path request, String names, Path certificate)
            throws IOException, InterruptedException {
        Path extensions =
                Files.writeString(certificate.resolveSibling(certificate.getFileName() + ".ext"), """
                subjectAltName=%s
                keyUsage=critical,digitalSignature
                extendedKeyUsage=serverAuth,clientAuth
                basicConstraints=critical,CA:FALSE
                """.formatted(names));
        Commands.output(List.of(
                "openssl",
                "x509",
                "-req",
                "-inform",
                "DER",
                "-in",
                request.toString(),
                "-CA",
                root.toString(),
                "-CAkey",
                key.toString(),
                "-set_serial",
                "4711",
                "-days",
                "2",
                "-extfile",
                extensions.toString(),
                "-out",
                certificate.toString()));
        try (InputStream pem = Files.newInputStream(certificate)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
        } catch (CertificateException e) {
            throw new IOException("openssl wrote no certificate to " + certificate, e);
        }
    }
}
