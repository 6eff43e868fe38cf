package io.tracery.proxy.data;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.tracery.proxy.identity.Identity;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority with no memory: whoever asks for an identity gets it. */
final class TestCa {

    private static final String TRUST_DOMAIN = "tracery.local";
    private static final Duration LIFE = Duration.ofHours(1);

    private final AtomicLong serial = new AtomicLong();
    private final KeyPair keys = keys();
    private final X509Certificate root = certificate("", keys);

    static String spiffeId(String account) {
        return "spiffe://" + TRUST_DOMAIN + "/ns/shop/sa/" + account;
    }

    Identity identity(String account) {
        try {
            KeyPair own = keys();
            X509Certificate leaf = certificate(spiffeId(account), own);
            SslContext server = SslContextBuilder.forServer(own.getPrivate(), leaf)
                    .sslProvider(SslProvider.OPENSSL)
                    .protocols("TLSv1.3")
                    .trustManager(root)
                    .clientAuth(ClientAuth.REQUIRE)
                    .build();
            SslContext client = SslContextBuilder.forClient()
                    .sslProvider(SslProvider.OPENSSL)
                    .protocols("TLSv1.3")
                    .keyManager(own.getPrivate(), leaf)
                    .trustManager(root)
                    .endpointIdentificationAlgorithm(null)
                    .build();
            return new Identity(spiffeId(account), server, client, Instant.now().plus(LIFE));
        } catch (Exception e) {
            throw new AssertionError("no identity for " + account, e);
        }
    }

    /**
     * A certificate such as nobody should have.
     *
     * @param uri what it names
     * @param notAfter end of its life, which began an hour before
     * @param more further names
     */
    Certified certificate(String uri, Instant notAfter, int more) {
        KeyPair own = keys();
        return new Certified(own, issue(uri, own, notAfter, more));
    }

    /** A client's key and certificate. */
    record Certified(KeyPair keys, X509Certificate leaf) {

        /** A client that shows it and trusts everybody. */
        SSLContext client(String version) {
            try {
                KeyStore store = KeyStore.getInstance("PKCS12");
                store.load(null, null);
                store.setKeyEntry("own", keys.getPrivate(), new char[0], new Certificate[] {leaf});
                KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
                own.init(store, new char[0]);
                SSLContext context = SSLContext.getInstance(version);
                context.init(own.getKeyManagers(), InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
                return context;
            } catch (Exception e) {
                throw new AssertionError("no client", e);
            }
        }
    }

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (Exception e) {
            throw new AssertionError("no EC keys", e);
        }
    }

    /** @param uri what the certificate names; empty for the authority itself */
    private X509Certificate certificate(String uri, KeyPair subject) {
        return issue(uri, subject, Instant.now().plus(LIFE), 0);
    }

    private X509Certificate issue(String uri, KeyPair subject, Instant notAfter, int more) {
        try {
            Instant now = Instant.now();
            X500Name issuer = new X500Name("CN=test root");
            var builder = new JcaX509v3CertificateBuilder(
                    issuer,
                    BigInteger.valueOf(serial.incrementAndGet()),
                    Date.from(now.minus(LIFE)),
                    Date.from(notAfter),
                    uri.isEmpty() ? issuer : new X500Name("CN=workload"),
                    subject.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(uri.isEmpty()));
            if (!uri.isEmpty()) {
                GeneralName[] names = new GeneralName[1 + more];
                Arrays.setAll(
                        names,
                        i -> new GeneralName(GeneralName.uniformResourceIdentifier, i == 0 ? uri : uri + "/" + i));
                builder.addExtension(Extension.subjectAlternativeName, true, new GeneralNames(names));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
        } catch (Exception e) {
            throw new AssertionError("no certificate for " + uri, e);
        }
    }
}
