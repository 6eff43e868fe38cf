package io.tracery.proxy.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import io.tracery.controlplane.api.SpiffeId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class WorkloadIdentityTest {

    private static final SpiffeId CART = SpiffeId.parse("spiffe://tracery.local/ns/shop/sa/cart");
    private static final SpiffeId FRONT = SpiffeId.parse("spiffe://tracery.local/ns/shop/sa/front");

    @TempDir
    Path folder;

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private TestAuthority authority;

    @BeforeEach
    void start() throws Exception {
        authority = new TestAuthority(folder.resolve("ca"));
    }

    @AfterEach
    void stop() throws Exception {
        authority.close();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).get(5, TimeUnit.SECONDS);
    }

    @Test
    void boringSslIsOnBoard() {
        assertThat(OpenSsl.isAvailable())
                .as("%s", OpenSsl.unavailabilityCause())
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"JDK", "OPENSSL_REFCNT"})
    void twoProxiesOfOneMeshKnowEachOther(SslProvider provider) throws Exception {
        try (WorkloadIdentity cart = identity(CART, authority, provider);
                WorkloadIdentity front = identity(FRONT, authority, provider)) {
            Handshakes.Outcome outcome = Handshakes.between(obtained(front), obtained(cart));

            assertThat(outcome.failure()).isNull();
            assertThat(outcome.protocol()).isEqualTo("TLSv1.3");
            assertThat(outcome.serverSeenByClient()).isEqualTo(CART.toString());
            assertThat(outcome.clientSeenByServer()).isEqualTo(FRONT.toString());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"JDK", "OPENSSL_REFCNT"})
    void aProxyOfAnotherMeshIsRefused(SslProvider provider) throws Exception {
        try (TestAuthority stranger = new TestAuthority(folder.resolve("stranger"));
                WorkloadIdentity cart = identity(CART, authority, provider);
                WorkloadIdentity front = identity(FRONT, stranger, provider)) {
            assertThat(Handshakes.between(obtained(front), obtained(cart)).failure())
                    .isNotNull();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"JDK", "OPENSSL_REFCNT"})
    void aCallerWithoutCertificateIsRefused(SslProvider provider) throws Exception {
        try (WorkloadIdentity cart = identity(CART, authority, provider)) {
            assertThat(Handshakes.withoutCertificate(provider, obtained(cart)).failure())
                    .isNotNull();
        }
    }

    @Test
    void renewsLongBeforeTheEndAndServesConnectionsThroughout() throws Exception {
        authority.life = Duration.ofSeconds(4);
        try (WorkloadIdentity cart = identity(CART, authority, TlsContexts.provider())) {
            Identity first = obtained(cart);

            await().atMost(Duration.ofSeconds(20)).until(() -> authority.asked.get() >= 3);

            Identity later = obtained(cart);
            assertThat(later.notAfter()).isAfter(first.notAfter());
            assertThat(Handshakes.between(later, later).failure()).isNull();
            assertThat(registry.get("tracery.identity.renewals").counter().count())
                    .isGreaterThanOrEqualTo(2);
            assertThat(registry.get("tracery.identity.expiry").gauge().value())
                    .isGreaterThan((double) first.notAfter().getEpochSecond());
        }
    }

    @Test
    void keepsItsIdentityWhileTheAuthorityRefusesAndFailsClosedAtItsEnd() throws Exception {
        authority.life = Duration.ofSeconds(4);
        try (WorkloadIdentity cart = identity(CART, authority, TlsContexts.provider())) {
            Identity only = obtained(cart);
            authority.refusing = true;

            await().atMost(Duration.ofSeconds(10))
                    .until(() ->
                            registry.get("tracery.identity.failures").counter().count() >= 1);
            await().atMost(Duration.ofSeconds(10)).until(() -> cart.current() == null);

            assertThat(Clock.systemUTC().instant()).isAfterOrEqualTo(only.notAfter());
            assertThat(cart.ready()).isFalse();

            authority.life = Duration.ofHours(1);
            authority.refusing = false;

            assertThat(obtained(cart).notAfter()).isAfter(only.notAfter());
        }
    }

    @Test
    void isNobodyRatherThanSomebodyElse() throws Exception {
        authority.rename = name -> name.replace("cart", "admin");
        try (WorkloadIdentity cart = identity(CART, authority, TlsContexts.provider())) {
            await().atMost(Duration.ofSeconds(20)).until(() -> authority.asked.get() >= 2);

            assertThat(cart.current()).isNull();
        }
    }

    @Test
    void waitsForATokenThatIsNotThereYet() throws Exception {
        Files.delete(authority.tokenFile());
        try (WorkloadIdentity cart = identity(CART, authority, TlsContexts.provider())) {
            await().atMost(Duration.ofSeconds(20))
                    .until(() ->
                            registry.get("tracery.identity.failures").counter().count() >= 1);

            Files.writeString(authority.tokenFile(), "a-token");

            assertThat(obtained(cart).spiffeId()).isEqualTo(CART.toString());
        }
    }

    private WorkloadIdentity identity(SpiffeId id, TestAuthority by, SslProvider provider) {
        WorkloadIdentity identity = new WorkloadIdentity(
                new CertificateSettings(id, "127.0.0.1", by.port(), by.tokenFile(), by.rootFile()),
                loop,
                registry,
                Clock.systemUTC(),
                new SplittableRandom(1),
                provider);
        identity.start();
        return identity;
    }

    private static Identity obtained(WorkloadIdentity identity) {
        await().atMost(Duration.ofSeconds(20)).until(identity::ready);
        return Objects.requireNonNull(identity.current());
    }
}
