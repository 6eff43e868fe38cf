package io.tracery.proxy.identity;

import io.grpc.Grpc;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.grpc.stub.StreamObserver;
import io.tracery.controlplane.api.Pem;
import io.tracery.controlplane.api.ca.IstioCertificateRequest;
import io.tracery.controlplane.api.ca.IstioCertificateResponse;
import io.tracery.controlplane.api.ca.IstioCertificateServiceGrpc;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/** A certificate authority as another mesh would run it: signs whatever name a request asks for, or what a test wants. */
public final class TestAuthority implements AutoCloseable {

    private static final X500Principal NAME = new X500Principal("CN=test root");
    private static final AtomicLong SERIAL = new AtomicLong(1);

    private final KeyPair key = newKey();
    private final X509Certificate root;
    private final Path folder;
    private final Server server;

    /** What the answer says instead of the name that was asked for. */
    public volatile UnaryOperator<String> rename = name -> name;

    public volatile Duration life = Duration.ofHours(1);
    public volatile boolean refusing;
    public final AtomicInteger asked = new AtomicInteger();

    public TestAuthority(Path folder) throws Exception {
        this.folder = Files.createDirectories(folder);
        var builder = builder(key.getPublic(), Duration.ofDays(1), NAME);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
        this.root = sign(builder);
        Files.writeString(rootFile(), Pem.encode(Pem.CERTIFICATE, root.getEncoded()));
        Files.writeString(tokenFile(), "a-token\n");
        KeyPair serverKey = newKey();
        X509Certificate serverCertificate =
                leaf(serverKey.getPublic(), Duration.ofHours(1), new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
        this.server = Grpc.newServerBuilderForPort(
                        0,
                        TlsServerCredentials.newBuilder()
                                .keyManager(
                                        stream(Pem.encode(Pem.CERTIFICATE, serverCertificate.getEncoded())),
                                        stream(Pem.encode(
                                                Pem.PRIVATE_KEY,
                                                serverKey.getPrivate().getEncoded())))
                                .build())
                .addService(IstioCertificateServiceGrpc.bindService(new Service()))
                .build()
                .start();
    }

    public Path rootFile() {
        return folder.resolve("root.pem");
    }

    public Path tokenFile() {
        return folder.resolve("token.jwt");
    }

    public int port() {
        return server.getPort();
    }

    X509Certificate root() {
        return root;
    }

    /** A leaf with these names, for digital signatures. */
    X509Certificate leaf(PublicKey publicKey, Duration leafLife, GeneralName... names) throws Exception {
        var builder = builder(publicKey, leafLife, new X500Principal(""));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(Extension.subjectAlternativeName, true, new GeneralNames(names));
        return sign(builder);
    }

    static JcaX509v3CertificateBuilder builder(PublicKey publicKey, Duration life, X500Principal subject) {
        Instant now = Instant.now();
        return new JcaX509v3CertificateBuilder(
                NAME,
                BigInteger.valueOf(SERIAL.getAndIncrement()),
                Date.from(now.minusSeconds(60)),
                Date.from(now.plus(life)),
                subject,
                publicKey);
    }

    X509Certificate sign(JcaX509v3CertificateBuilder builder)
            throws GeneralSecurityException, OperatorCreationException {
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate())));
    }

    static KeyPair newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static ByteArrayInputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Service implements IstioCertificateServiceGrpc.AsyncService {

        @Override
        public void createCertificate(
                IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> answer) {
            asked.incrementAndGet();
            if (refusing) {
                answer.onError(Status.UNAUTHENTICATED
                        .withDescription("the token has expired")
                        .asException());
                return;
            }
            try {
                var csr = new JcaPKCS10CertificationRequest(Pem.decode(Pem.SIGNING_REQUEST, request.getCsr()));
                GeneralNames names =
                        GeneralNames.fromExtensions(csr.getRequestedExtensions(), Extension.subjectAlternativeName);
                String name = rename.apply(names.getNames()[0].getName().toString());
                X509Certificate leaf =
                        leaf(csr.getPublicKey(), life, new GeneralName(GeneralName.uniformResourceIdentifier, name));
                answer.onNext(IstioCertificateResponse.newBuilder()
                        .addCertChain(Pem.encode(Pem.CERTIFICATE, leaf.getEncoded()))
                        .addCertChain(Pem.encode(Pem.CERTIFICATE, root.getEncoded()))
                        .build());
                answer.onCompleted();
            } catch (IOException e) {
                answer.onError(e);
            } catch (Exception e) {
                answer.onError(Status.INTERNAL.withCause(e).asException());
            }
        }
    }
}
