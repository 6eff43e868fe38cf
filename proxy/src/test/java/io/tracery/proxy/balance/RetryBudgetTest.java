package io.tracery.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RetryBudgetTest {

    private static final long SECOND = 1_000_000_000;

    private long now;
    private final RetryBudget budget = new RetryBudget(() -> now);

    @Test
    void allowsAFewToThoseWhoRarelyAsk() {
        assertThat(drain()).isEqualTo(100);
    }

    @Test
    void refillsByTime() {
        drain();
        now += SECOND;
        assertThat(drain()).isBetween(8, 10);
    }

    @Test
    void growsWithTheTraffic() {
        drain();
        for (int i = 0; i < 1000; i++) {
            budget.deposit();
        }
        assertThat(drain()).isBetween(198, 200);
    }

    @Test
    void saysHowManyAreLeft() {
        assertThat(budget.left()).isEqualTo(100);
        budget.withdraw();
        assertThat(budget.left()).isEqualTo(99);
    }

    private int drain() {
        int taken = 0;
        while (budget.withdraw()) {
            taken++;
        }
        return taken;
    }
}
