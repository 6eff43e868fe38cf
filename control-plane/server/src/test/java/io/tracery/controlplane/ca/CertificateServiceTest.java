package io.tracery.controlplane.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grpc.ClientInterceptor;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tracery.controlplane.api.ServiceAccount;
import io.tracery.controlplane.api.ca.IstioCertificateRequest;
import io.tracery.controlplane.api.ca.IstioCertificateServiceGrpc;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The certificate service over real TLS, with the certificate that the authority issues to itself. */
@Timeout(30)
class CertificateServiceTest {

    private static final ServiceAccount CART = new ServiceAccount("shop", "cart");
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final KeyPair pair = Requests.ec("secp256r1");
    private final String csr = Requests.pem(pair, pair, "SHA256withECDSA");

    private CertificateAuthority authority;
    private LocalTokens tokens;
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        authority = CertificateAuthority.open(folder.resolve("ca"), "tracery.local", clock);
        tokens = LocalTokens.open(folder.resolve("tokens"), clock);
        tokens.keep(Set.of(CART));
        TokenVerifier verifier = TokenVerifier.open(tokens.jwksFile(), LocalTokens.AUDIENCE, clock);
        server = Grpc.newServerBuilderForPort(0, new ServerIdentity(authority, Set.of(), clock).credentials())
                .addService(new CertificateService(authority, verifier, registry))
                .build()
                .start();
        channel = channel("127.0.0.1");
    }

    @AfterEach
    void stop() throws Exception {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        tokens.close();
    }

    @Test
    void certifiesWhomTheTokenNamesWhateverTheRequestSays() throws Exception {
        List<String> chain = ask("Bearer " + Files.readString(tokens.tokenFile(CART)), csr);

        assertThat(chain).hasSize(2);
        assertThat(certificate(chain.getLast())).isEqualTo(authority.root());
        X509Certificate leaf = certificate(chain.getFirst());
        assertThat(leaf.getSubjectAlternativeNames())
                .containsExactly(List.of(6, "spiffe://tracery.local/ns/shop/sa/cart"));
        assertThat(leaf.getPublicKey()).isEqualTo(pair.getPublic());
        assertThat(leaf.getSubjectX500Principal().getName()).isEmpty();
        assertThat(count("issued")).isEqualTo(1);
    }

    @Test
    void tellsWhoeverHasNoGoodTokenWhy() throws Exception {
        refuses(Status.Code.UNAUTHENTICATED, "no authorization", null, csr);
        refuses(Status.Code.UNAUTHENTICATED, "Bearer <token>", "Basic eDp5", csr);
        refuses(Status.Code.UNAUTHENTICATED, "not a signed JWT", "Bearer x", csr);
        clock.advance(Duration.ofDays(2));
        refuses(Status.Code.UNAUTHENTICATED, "expired", "Bearer " + Files.readString(tokens.tokenFile(CART)), csr);

        assertThat(count("unauthenticated")).isEqualTo(4);
        assertThat(count("issued")).isZero();
    }

    @Test
    void tellsWhoeverSendsABadRequestWhy() throws Exception {
        String bearer = "Bearer " + Files.readString(tokens.tokenFile(CART));

        refuses(Status.Code.INVALID_ARGUMENT, "no PEM block", bearer, "");
        refuses(
                Status.Code.INVALID_ARGUMENT,
                "not signed with the private key",
                bearer,
                Requests.pem(pair, Requests.ec("secp256r1"), "SHA256withECDSA"));

        assertThat(count("invalid")).isEqualTo(2);
    }

    @Test
    void showsACertificateForEveryLoopbackName() throws Exception {
        ManagedChannel byName = channel("localhost");
        try {
            assertThat(IstioCertificateServiceGrpc.newBlockingStub(byName)
                            .withDeadlineAfter(Duration.ofSeconds(10))
                            .withInterceptors(authorization("Bearer " + Files.readString(tokens.tokenFile(CART))))
                            .createCertificate(IstioCertificateRequest.newBuilder()
                                    .setCsr(csr)
                                    .build())
                            .getCertChainCount())
                    .isEqualTo(2);
        } finally {
            byName.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        }
    }

    private ManagedChannel channel(String host) throws Exception {
        return Grpc.newChannelBuilderForAddress(
                        host,
                        server.getPort(),
                        TlsChannelCredentials.newBuilder()
                                .trustManager(authority.rootFile().toFile())
                                .build())
                .build();
    }

    private void refuses(Status.Code code, String why, @Nullable String credentials, String request) {
        assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() -> ask(credentials, request))
                .satisfies(e -> {
                    assertThat(e.getStatus().getCode()).isEqualTo(code);
                    assertThat(e.getStatus().getDescription()).contains(why);
                });
    }

    private List<String> ask(@Nullable String credentials, String request) {
        var stub = IstioCertificateServiceGrpc.newBlockingStub(channel).withDeadlineAfter(Duration.ofSeconds(10));
        if (credentials != null) {
            stub = stub.withInterceptors(authorization(credentials));
        }
        return stub.createCertificate(
                        IstioCertificateRequest.newBuilder().setCsr(request).build())
                .getCertChainList();
    }

    private static ClientInterceptor authorization(String credentials) {
        Metadata metadata = new Metadata();
        metadata.put(AUTHORIZATION, credentials);
        return MetadataUtils.newAttachHeadersInterceptor(metadata);
    }

    private double count(String result) {
        return registry.get("tracery.ca.requests")
                .tag("result", result)
                .counter()
                .count();
    }

    private static X509Certificate certificate(String pem) throws Exception {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    }
}
