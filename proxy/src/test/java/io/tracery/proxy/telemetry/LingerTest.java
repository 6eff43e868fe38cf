package io.tracery.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.tracing.topic.Topic;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LingerTest {

    private static final long START = -5;

    private final Linger linger = new Linger();

    @Test
    void fewSpansWaitAsLongAsReadersExpectAndNoLonger() {
        assertThat(linger.over(1, at(0))).isFalse();
        assertThat(linger.over(95, at(Topic.SPANS_WAIT.toMillis() - 1))).isFalse();
        assertThat(linger.over(95, at(Topic.SPANS_WAIT.toMillis()))).isTrue();
    }

    @Test
    void manyGoAfterASecond() {
        assertThat(linger.over(500, at(0))).isFalse();
        assertThat(linger.over(500, at(999))).isFalse();
        assertThat(linger.over(96, at(1_000))).isTrue();
    }

    @Test
    void theWaitBeginsWithTheFirstSpanOfABatch() {
        linger.over(0, at(0));
        assertThat(linger.over(1, at(10_000))).isFalse();
        assertThat(linger.over(1, at(10_000 + Topic.SPANS_WAIT.toMillis()))).isTrue();
        linger.sent();
        assertThat(linger.over(1, at(13_000))).isFalse();
        assertThat(linger.over(1, at(13_000 + Topic.SPANS_WAIT.toMillis() - 1))).isFalse();
        assertThat(linger.over(1, at(13_000 + Topic.SPANS_WAIT.toMillis()))).isTrue();
    }

    private static long at(long millis) {
        return START + Duration.ofMillis(millis).toNanos();
    }
}
