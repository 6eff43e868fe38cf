package io.tracery.controlplane.ca;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.controlplane.api.ServiceAccount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalTokensTest {

    private static final ServiceAccount CART = new ServiceAccount("shop", "cart");
    private static final ServiceAccount FRONT = new ServiceAccount("shop", "front");

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock();

    @Test
    void writesOneFilePerAccountThatOnlyItsOwnerReads() throws Exception {
        try (LocalTokens tokens = LocalTokens.open(folder, clock)) {
            tokens.keep(Set.of(CART, FRONT));

            assertThat(tokens.tokenFile(CART))
                    .isEqualTo(folder.resolve("shop.cart.jwt"))
                    .isNotEmptyFile();
            assertThat(tokens.tokenFile(FRONT)).isNotEmptyFile();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tokens.tokenFile(CART))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void renewsAtHalfLifeAndNotBefore() throws Exception {
        try (LocalTokens tokens = LocalTokens.open(folder, clock)) {
            tokens.keep(Set.of(CART));
            String first = Files.readString(tokens.tokenFile(CART));

            clock.advance(Duration.ofHours(11));
            tokens.keep(Set.of(CART));
            assertThat(tokens.tokenFile(CART)).hasContent(first);

            clock.advance(Duration.ofHours(1));
            tokens.keep(Set.of(CART));
            String second = Files.readString(tokens.tokenFile(CART));
            assertThat(second).isNotEqualTo(first);

            clock.advance(Duration.ofHours(13));
            assertThat(TokenVerifier.open(tokens.jwksFile(), LocalTokens.AUDIENCE, clock)
                            .verify(second))
                    .isEqualTo(CART);
        }
    }
}
