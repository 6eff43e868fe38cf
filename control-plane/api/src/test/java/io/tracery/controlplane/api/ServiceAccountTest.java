package io.tracery.controlplane.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceAccountTest {

    @Test
    void readsTheSubjectItWrites() {
        ServiceAccount account = new ServiceAccount("shop", "cart.v2");

        assertThat(account.subject()).isEqualTo("system:serviceaccount:shop:cart.v2");
        assertThat(ServiceAccount.ofSubject(account.subject())).isEqualTo(account);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "shop:cart",
                "system:serviceaccount:",
                "system:serviceaccount:shop",
                "system:serviceaccount:shop:",
                "system:serviceaccount::cart",
                "system:serviceaccount:shop:cart:more",
                "system:serviceaccount:shop/sa/root:cart",
                "system:serviceaccount:Shop:cart",
                "system:serviceaccount:shop:../cart",
                "system:node:shop:cart",
            })
    void refusesASubjectThatIsNoServiceAccount(String subject) {
        assertThatIllegalArgumentException().isThrownBy(() -> ServiceAccount.ofSubject(subject));
    }
}
