package io.tracery.cli.check;

import io.tracery.cli.demo.Ports;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** Knocks at a sidecar's inbound port as a stranger would: trusting the mesh's root, showing no certificate. */
final class Handshake {

    private static final int DEADLINE_MILLIS = 5_000;
    private static final int URI_NAME = 6;
    private static final byte[] REQUEST =
            "GET / HTTP/1.1\r\nhost: stranger\r\nconnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final SSLContext context;

    /**
     * @param trustAnchor PEM file of the mesh's root
     * @throws IOException when it cannot be read as a certificate
     */
    Handshake(Path trustAnchor) throws IOException {
        try (InputStream in = Files.newInputStream(trustAnchor)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("anchor" + number++, certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
        } catch (GeneralSecurityException e) {
            throw new IOException(trustAnchor + " is not a usable trust anchor: " + e, e);
        }
    }

    /**
     * What is wrong with a strict inbound port; empty when it shows the expected identity over TLS 1.3, turns away whoever
     * shows none, and speaks no TLS 1.2.
     */
    List<String> problems(int port, String expectedIdentity) {
        List<String> problems = new ArrayList<>();
        try (SSLSocket socket = connect(port, "TLSv1.3")) {
            socket.startHandshake();
            List<String> names = uriNames(socket);
            if (!names.equals(List.of(expectedIdentity))) {
                problems.add("port " + port + " shows the identity " + names + " instead of " + expectedIdentity);
            }
            if (answers(socket)) {
                problems.add("port " + port + " answers a caller that shows no certificate");
            }
        } catch (IOException | CertificateParsingException e) {
            problems.add("port " + port + " fails a TLS 1.3 handshake: " + e);
        }
        if (accepts(port, "TLSv1.2")) {
            problems.add("port " + port + " speaks TLS 1.2");
        }
        return problems;
    }

    /** In TLS 1.3 a server that wants a certificate can say so only after the client's handshake is over. */
    private static boolean answers(SSLSocket socket) {
        try {
            socket.getOutputStream().write(REQUEST);
            return socket.getInputStream().read() >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    private boolean accepts(int port, String protocol) {
        try (SSLSocket socket = connect(port, protocol)) {
            socket.startHandshake();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private SSLSocket connect(int port, String protocol) throws IOException {
        Socket plain = new Socket();
        plain.connect(new InetSocketAddress(Ports.LOOPBACK, port), DEADLINE_MILLIS);
        plain.setSoTimeout(DEADLINE_MILLIS);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, Ports.LOOPBACK, port, true);
        socket.setEnabledProtocols(new String[] {protocol});
        return socket;
    }

    private static List<String> uriNames(SSLSocket socket) throws SSLException, CertificateParsingException {
        X509Certificate certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
        List<String> names = new ArrayList<>();
        Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
        if (alternatives != null) {
            for (List<?> name : alternatives) {
                if (name.getFirst().equals(URI_NAME)) {
                    names.add((String) name.get(1));
                }
            }
        }
        return names;
    }
}
