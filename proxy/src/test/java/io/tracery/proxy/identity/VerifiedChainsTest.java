package io.tracery.proxy.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.proxy.identity.VerifiedChains.Role;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifiedChainsTest {

    private static final GeneralName CART =
            new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://tracery.local/ns/shop/sa/cart");

    @TempDir
    Path folder;

    private final VerifiedChains chains = new VerifiedChains();
    private TestAuthority authority;

    @BeforeEach
    void start() throws Exception {
        authority = new TestAuthority(folder);
    }

    @AfterEach
    void stop() {
        authority.close();
    }

    @Test
    void aChainHoldsUntilTheFirstOfItsCertificatesExpires() throws Exception {
        X509Certificate shortLived = leaf(Duration.ofMinutes(5));
        X509Certificate[] chain = {leaf(Duration.ofHours(1)), shortLived};
        Instant now = Instant.now();
        assertThat(chains.holds(chain, Role.CLIENT, now)).isFalse();
        chains.verified(chain, Role.CLIENT);
        assertThat(chains.holds(chain, Role.CLIENT, now)).isTrue();
        Instant end = shortLived.getNotAfter().toInstant();
        assertThat(chains.holds(chain, Role.CLIENT, end)).isTrue();
        assertThat(chains.holds(chain, Role.CLIENT, end.plusMillis(1))).isFalse();
        assertThat(chains.holds(
                        chain,
                        Role.CLIENT,
                        shortLived.getNotBefore().toInstant().minusMillis(1)))
                .isFalse();
    }

    @Test
    void onlyForWhatItWasVerifiedFor() throws Exception {
        X509Certificate[] chain = {leaf(Duration.ofHours(1))};
        chains.verified(chain, Role.CLIENT);
        assertThat(chains.holds(chain, Role.SERVER, Instant.now())).isFalse();
        assertThat(chains.holds(new X509Certificate[] {chain[0], chain[0]}, Role.CLIENT, Instant.now()))
                .isFalse();
        assertThat(chains.holds(new X509Certificate[] {leaf(Duration.ofHours(1))}, Role.CLIENT, Instant.now()))
                .as("the same name, another certificate")
                .isFalse();
    }

    private X509Certificate leaf(Duration life) throws Exception {
        return authority.leaf(TestAuthority.newKey().getPublic(), life, CART);
    }
}
