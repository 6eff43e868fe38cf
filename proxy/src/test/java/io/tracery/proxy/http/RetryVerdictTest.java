package io.tracery.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.proxy.balance.RetryBudget;
import io.tracery.proxy.http.RetryVerdict.Failure;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.route.RetryPolicy.Condition;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RetryVerdictTest {

    private final RetryBudget budget = new RetryBudget(() -> 0);
    private final RetryPolicy twice = new RetryPolicy(
            2, Set.of(Condition.CONNECT_FAILURE, Condition.RESET, Condition.STATUS), Set.of(503), Duration.ZERO);

    @Test
    void triesAgainAsOftenAsTheRouteSays() {
        assertThat(verdict(get(Condition.RESET, 1)).again()).isTrue();
        assertThat(verdict(get(Condition.RESET, 2)).again()).isTrue();
        assertThat(verdict(get(Condition.RESET, 3))).isEqualTo(new RetryVerdict(false, "all 2 retries were used"));
    }

    @Test
    void triesNothingAgainThatTheRouteDoesNotName() {
        assertThat(verdict(get(Condition.PER_TRY_TIMEOUT, 1)).reason())
                .isEqualTo("the route does not retry on per-try timeout");
        assertThat(RetryVerdict.of(get(Condition.RESET, 1), RetryPolicy.NONE, budget)
                        .reason())
                .isEqualTo("the route has no retries");
    }

    @Test
    void doesNotRepeatAMethodThatMayHaveHadItsEffect() {
        Failure sent = new Failure(Condition.RESET, "POST", 1, false, false, true);
        assertThat(verdict(sent).reason()).isEqualTo("POST may have reached the application");
        Failure unsent = new Failure(Condition.CONNECT_FAILURE, "POST", 1, true, false, true);
        assertThat(verdict(unsent).again()).isTrue();
    }

    @Test
    void repeatsOnceOnAConnectionThatHadBeenClosedWhateverTheRouteSays() {
        Failure stale = new Failure(Condition.RESET, "GET", 1, false, true, true);
        assertThat(RetryVerdict.of(stale, RetryPolicy.NONE, budget).again()).isTrue();
        Failure again = new Failure(Condition.RESET, "GET", 2, false, true, true);
        assertThat(RetryVerdict.of(again, RetryPolicy.NONE, budget).again()).isFalse();
        Failure post = new Failure(Condition.RESET, "POST", 1, false, true, true);
        assertThat(RetryVerdict.of(post, RetryPolicy.NONE, budget).again()).isFalse();
    }

    @Test
    void repeatsOnceWhatCameBackUnread() {
        Failure refused = new Failure(Condition.REFUSED_STREAM, "POST", 1, true, false, true);
        assertThat(RetryVerdict.of(refused, RetryPolicy.NONE, budget).again()).isTrue();
    }

    @Test
    void doesNotRepeatWhatIsNoLongerThere() {
        Failure large = new Failure(Condition.RESET, "PUT", 1, false, false, /* replayable= */ false);
        assertThat(verdict(large).reason()).contains("too large");
    }

    @Test
    void stopsWhenTheBudgetIsSpent() {
        int again = 0;
        while (verdict(get(Condition.RESET, 1)).again()) {
            again++;
        }
        assertThat(again).isEqualTo(100);
        assertThat(verdict(get(Condition.RESET, 1)).reason()).isEqualTo("the retry budget is spent");
    }

    private RetryVerdict verdict(Failure failure) {
        return RetryVerdict.of(failure, twice, budget);
    }

    private static Failure get(Condition condition, int attempts) {
        return new Failure(condition, "GET", attempts, false, false, true);
    }
}
