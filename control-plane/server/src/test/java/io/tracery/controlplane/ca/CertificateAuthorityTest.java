package io.tracery.controlplane.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tracery.controlplane.api.ServiceAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateAuthorityTest {

    private static final ServiceAccount CART = new ServiceAccount("shop", "cart");

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock();
    private final KeyPair pair = Requests.ec("secp256r1");

    @Test
    void keepsItsKeyToItselfAndItsCertificateForEverybody() throws Exception {
        Path rootFile =
                CertificateAuthority.open(folder, "tracery.local", clock).rootFile();

        assertThat(permissions(rootFile)).isEqualTo("rw-r--r--");
        assertThat(permissions(folder.resolve("root-key.pem"))).isEqualTo("rw-------");
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void certifiesOneSpiffeIdForSigningOnBothEndsOfTls() throws Exception {
        CertificateAuthority authority = CertificateAuthority.open(folder, "tracery.local", clock);

        List<X509Certificate> chain = issue(authority, Duration.ZERO).chain();

        X509Certificate leaf = chain.getFirst();
        leaf.verify(authority.root().getPublicKey());
        assertThat(chain.getLast()).isEqualTo(authority.root());
        assertThat(leaf.getSubjectAlternativeNames())
                .containsExactly(List.of(6, "spiffe://tracery.local/ns/shop/sa/cart"));
        assertThat(leaf.getBasicConstraints()).as("not a CA").isEqualTo(-1);
        assertThat(leaf.getKeyUsage())
                .as("digitalSignature and nothing else")
                .containsExactly(true, false, false, false, false, false, false, false, false);
        assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
        assertThat(leaf.getNotBefore().toInstant()).isEqualTo(clock.instant().minusSeconds(20));
        assertThat(leaf.getNotAfter().toInstant()).isEqualTo(clock.instant().plus(Duration.ofHours(24)));
        assertThat(leaf.getCriticalExtensionOIDs()).contains("2.5.29.15", "2.5.29.17", "2.5.29.19");
    }

    @Test
    void isTheSameAuthorityAfterARestart() throws Exception {
        CertificateAuthority before = CertificateAuthority.open(folder, "tracery.local", clock);
        CertificateAuthority after = CertificateAuthority.open(folder, "tracery.local", clock);

        assertThat(after.root()).isEqualTo(before.root());
        issue(after, Duration.ZERO).chain().getFirst().verify(before.root().getPublicKey());
    }

    @Test
    void givesAShorterLifeThatIsAskedForButNoLongerOne() throws Exception {
        CertificateAuthority authority = CertificateAuthority.open(folder, "tracery.local", clock);

        assertThat(issue(authority, Duration.ofMinutes(5)).notAfter())
                .isEqualTo(clock.instant().plus(Duration.ofMinutes(5)));
        assertThat(issue(authority, Duration.ofDays(365)).notAfter())
                .isEqualTo(clock.instant().plus(Duration.ofHours(24)));
        assertThat(issue(authority, Duration.ofSeconds(Long.MAX_VALUE)).notAfter())
                .isEqualTo(clock.instant().plus(Duration.ofHours(24)));
    }

    @Test
    void certifiesNobodyBeyondItsOwnEnd() throws Exception {
        CertificateAuthority authority = CertificateAuthority.open(folder, "tracery.local", clock);
        clock.advance(Duration.ofDays(3650).minusHours(1));

        assertThat(issue(authority, Duration.ZERO).notAfter())
                .isEqualTo(authority.root().getNotAfter().toInstant());
    }

    @Test
    void refusesAFolderOfAnotherTrustDomain() throws Exception {
        CertificateAuthority.open(folder, "tracery.local", clock);

        assertThatIOException()
                .isThrownBy(() -> CertificateAuthority.open(folder, "other.local", clock))
                .withMessageContaining("not the root of trust domain other.local");
    }

    @Test
    void refusesAKeyThatOthersCanRead() throws Exception {
        CertificateAuthority.open(folder, "tracery.local", clock);
        Files.setPosixFilePermissions(folder.resolve("root-key.pem"), PosixFilePermissions.fromString("rw-r-----"));

        assertThatIOException()
                .isThrownBy(() -> CertificateAuthority.open(folder, "tracery.local", clock))
                .withMessageContaining("chmod 600");
    }

    @Test
    void refusesARootWithoutItsKeyOrWithAnother() throws Exception {
        CertificateAuthority.open(folder, "tracery.local", clock);
        Path key = folder.resolve("root-key.pem");
        Path elsewhere = folder.resolve("elsewhere");
        CertificateAuthority.open(elsewhere, "tracery.local", clock);
        Files.delete(key);

        assertThatIOException()
                .isThrownBy(() -> CertificateAuthority.open(folder, "tracery.local", clock))
                .withMessageContaining("is missing");

        Files.copy(elsewhere.resolve("root-key.pem"), key);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));

        assertThatIOException()
                .isThrownBy(() -> CertificateAuthority.open(folder, "tracery.local", clock))
                .withMessageContaining("is not the key of");
    }

    @Test
    void beginsAnewWhereACrashLeftOnlyAKey() throws Exception {
        CertificateAuthority.open(folder, "tracery.local", clock);
        Files.delete(folder.resolve("root.pem"));

        assertThat(issue(CertificateAuthority.open(folder, "tracery.local", clock), Duration.ZERO)
                        .chain())
                .hasSize(2);
    }

    @Test
    void refusesATrustDomainThatIsNone() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CertificateAuthority.open(folder, "Tracery/local", clock));
    }

    private IssuedCertificate issue(CertificateAuthority authority, Duration asked) throws GeneralSecurityException {
        return authority.issue(new SigningRequest(pair.getPublic()), CART, asked);
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
