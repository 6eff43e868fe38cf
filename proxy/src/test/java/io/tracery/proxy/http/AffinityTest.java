package io.tracery.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.tracery.proxy.balance.LoadBalancer;
import io.tracery.proxy.route.HashPolicy;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AffinityTest {

    private static final long SOURCE = 17;

    private final HttpHeaders headers = new DefaultHttpHeaders();

    private Affinity of(HashPolicy... policies) {
        return Affinity.of(List.of(policies), headers, SOURCE, new SplittableRandom(1));
    }

    @Test
    void theFirstThatARequestHasCounts() {
        HashPolicy user = new HashPolicy.Header("x-user");
        HashPolicy session = new HashPolicy.Cookie("session", "/", null);
        HashPolicy source = new HashPolicy.SourceAddress();
        assertThat(of(user, session).hash()).isEqualTo(LoadBalancer.NO_HASH);
        assertThat(of(user, session, source).hash()).isEqualTo(SOURCE);
        headers.set("cookie", "a=1; session=abc");
        long byCookie = of(user, session, source).hash();
        assertThat(byCookie).isNotIn(LoadBalancer.NO_HASH, SOURCE);
        headers.set("x-user", "ann");
        assertThat(of(user, session, source).hash()).isNotIn(LoadBalancer.NO_HASH, SOURCE, byCookie);
    }

    @Test
    void allValuesOfAHeaderCountInTheirOrder() {
        HashPolicy user = new HashPolicy.Header("x-user");
        headers.add("x-user", "ann").add("x-user", "bob");
        long annAndBob = of(user).hash();
        headers.clear().add("x-user", "bob").add("x-user", "ann");
        assertThat(of(user).hash()).isNotEqualTo(annAndBob);
    }

    @Test
    void aCookieThatIsGivenHashesLikeTheSameCookieWhenItComesBack() {
        HashPolicy session = new HashPolicy.Cookie("session", "/cart", Duration.ZERO);
        Affinity first = of(session);
        assertThat(first.newCookie()).matches("session=[0-9a-f]{16}; Path=/cart; HttpOnly");
        String given = String.valueOf(first.newCookie());
        headers.set("cookie", given.substring(0, given.indexOf(';')));
        Affinity second = of(session);
        assertThat(second.hash()).isEqualTo(first.hash());
        assertThat(second.newCookie()).isNull();
    }

    @Test
    void findsACookieAmongOthersByItsWholeName() {
        assertThat(Affinity.value("mysession=1; session=2;session2=3", "session"))
                .isEqualTo("2");
        assertThat(Affinity.value("session=1", "session")).isEqualTo("1");
        assertThat(Affinity.value("session", "session")).isNull();
        assertThat(Affinity.value("", "session")).isNull();
        assertThat(Affinity.value("a=session=1", "session")).isNull();
    }
}
