package io.tracery.proxy.identity;

import io.tracery.controlplane.api.SpiffeId;
import io.tracery.proxy.identity.VerifiedChains.Role;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Trusts chains to the mesh's own anchors and nothing else, whose leaf is a workload of the mesh's trust domain. Host names
 * are of no account: a workload's address changes, its identity does not.
 */
final class MeshTrust extends X509ExtendedTrustManager {

    private final X509TrustManager chains;
    private final String trustDomain;
    private final VerifiedChains verified = new VerifiedChains();

    private MeshTrust(X509TrustManager chains, String trustDomain) {
        this.chains = chains;
        this.trustDomain = trustDomain;
    }

    /**
     * Reads the anchors.
     *
     * @param file PEM, one or more certificates
     * @throws IOException when it cannot be read or holds none
     */
    static MeshTrust read(Path file, String trustDomain) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> anchors =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (anchors.isEmpty()) {
                throw new IOException("the trust anchor file " + file + " holds no certificate");
            }
            return new MeshTrust(chains(anchors), trustDomain);
        } catch (FileSystemException e) {
            throw new IOException("the trust anchor file " + file + " cannot be read: " + e, e);
        } catch (GeneralSecurityException e) {
            throw new IOException("the trust anchor file " + file + " is not PEM: " + e.getMessage(), e);
        }
    }

    private static X509TrustManager chains(Collection<? extends Certificate> anchors)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        int number = 0;
        for (Certificate anchor : anchors) {
            store.setCertificateEntry("anchor-" + number++, anchor);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager x509) {
                return x509;
            }
        }
        throw new IllegalStateException("every JDK verifies X.509 chains");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        if (!verified.holds(chain, Role.CLIENT, Instant.now())) {
            chains.checkClientTrusted(chain, authType);
            checkMember(chain[0]);
            verified.verified(chain, Role.CLIENT);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        if (!verified.holds(chain, Role.SERVER, Instant.now())) {
            chains.checkServerTrusted(chain, authType);
            checkMember(chain[0]);
            verified.verified(chain, Role.SERVER);
        }
    }

    private void checkMember(X509Certificate leaf) throws CertificateException {
        SpiffeId id = Svid.check(leaf);
        if (!id.trustDomain().equals(trustDomain)) {
            throw new CertificateException(id + " is not of trust domain " + trustDomain);
        }
    }

    // With the engine or socket the delegate could only check more of the host, which is of no account here.

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    /** None are named to clients: there is one mesh, and the list would only make handshakes longer. */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
