package io.tracery.controlplane.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpiffeIdTest {

    @Test
    void readsWhatItWrites() {
        SpiffeId id = SpiffeId.ofServiceAccount("tracery.local", new ServiceAccount("shop", "cart"));

        assertThat(id).hasToString("spiffe://tracery.local/ns/shop/sa/cart");
        assertThat(SpiffeId.parse(id.toString())).isEqualTo(id);
    }

    @Test
    void aTrustDomainAloneIsAnIdentityWithoutPath() {
        assertThat(SpiffeId.parse("spiffe://tracery.local")).isEqualTo(new SpiffeId("tracery.local", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "spiffe:",
                "spiffe://",
                "SPIFFE://td/a",
                "https://td/a",
                "spiffe://Td/a",
                "spiffe://td:443/a",
                "spiffe://user@td/a",
                "spiffe://td/",
                "spiffe://td/a/",
                "spiffe://td//a",
                "spiffe://td/a/./b",
                "spiffe://td/../b",
                "spiffe://td/a%2fb",
                "spiffe://td/a?b",
                "spiffe://td/a#b",
                "spiffe://td/ä",
                "spiffe:///a",
                " spiffe://td/a",
                "spiffe://td/a\0",
            })
    void refusesWhatTheStandardForbids(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> SpiffeId.parse(text));
    }

    @Test
    void refusesWhatIsTooLong() {
        assertThatIllegalArgumentException().isThrownBy(() -> SpiffeId.parse("spiffe://" + "a".repeat(256)));
        assertThatIllegalArgumentException().isThrownBy(() -> SpiffeId.parse("spiffe://td/" + "a".repeat(2048)));
    }
}
