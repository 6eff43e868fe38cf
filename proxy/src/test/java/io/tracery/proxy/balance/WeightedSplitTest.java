package io.tracery.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.route.ClusterSplit.Share;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class WeightedSplitTest {

    @Test
    void isExactOverEveryRound() {
        WeightedSplit split = new WeightedSplit(
                new ClusterSplit(List.of(new Share("a", 5), new Share("b", 3), new Share("c", 0), new Share("d", 2))));
        for (int round = 0; round < 50; round++) {
            List<String> dealt = deal(split, 10);
            assertThat(Collections.frequency(dealt, "a")).isEqualTo(5);
            assertThat(Collections.frequency(dealt, "b")).isEqualTo(3);
            assertThat(Collections.frequency(dealt, "d")).isEqualTo(2);
        }
    }

    @Test
    void spreadsASmallShareOut() {
        WeightedSplit split =
                new WeightedSplit(new ClusterSplit(List.of(new Share("stable", 90), new Share("canary", 10))));
        List<String> dealt = deal(split, 100);
        for (int i = 0; i < 100; i += 10) {
            assertThat(Collections.frequency(dealt.subList(i, i + 10), "canary"))
                    .isEqualTo(1);
        }
    }

    @Test
    void givesNobodyAnythingWhenAllWeightsAreZero() {
        assertThat(new WeightedSplit(new ClusterSplit(List.of(new Share("a", 0)))).next())
                .isNull();
        assertThat(new WeightedSplit(new ClusterSplit(List.of())).next()).isNull();
    }

    private static List<String> deal(WeightedSplit split, int times) {
        List<String> dealt = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            dealt.add(Objects.requireNonNull(split.next()).cluster());
        }
        return dealt;
    }
}
