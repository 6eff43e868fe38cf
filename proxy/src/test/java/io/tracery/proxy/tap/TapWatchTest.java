package io.tracery.proxy.tap;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.controlplane.api.tap.Filter;
import io.tracery.controlplane.api.tap.Look;
import io.tracery.controlplane.api.tap.Progress;
import io.tracery.controlplane.api.tap.SidecarMessage;
import io.tracery.proxy.telemetry.RememberedExchanges;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TapWatchTest {

    private static final Instant NOW = Instant.ofEpochSecond(1_000);
    private static final long SECOND = 1_000_000_000L;
    private static final Look.Builder FORWARD =
            Look.newBuilder().setWatch(7).setFollow(true).setPerSecond(50);

    private final RememberedExchanges remembered = new RememberedExchanges(64);
    private final List<SidecarMessage> told = new ArrayList<>();
    private boolean room = true;

    @Test
    void looksBackAsFarAsItIsAskedTo() throws Exception {
        remembered.add("/long-ago", 200, NOW.minusSeconds(60));
        remembered.add("/lately", 200, NOW.minusSeconds(20));
        remembered.add("/failed", 503, NOW.minusSeconds(10));
        TapWatch watch = watch(Look.newBuilder()
                .setPerSecond(50)
                .setSinceMillis(30_000)
                .setFilter(Filter.newBuilder().setStatus("2xx")));

        assertThat(turn(watch, 0)).as("goes on").isFalse();
        assertThat(paths()).containsExactly("/lately");
        assertThat(progress().getLookedBack()).isTrue();
        assertThat(progress().getExamined()).isEqualTo(2);
        assertThat(progress().getMatched()).isEqualTo(1);
    }

    @Test
    void seesOnlyWhatComesWhenItIsNotAskedToLookBack() throws Exception {
        remembered.add("/before", 200, NOW);
        TapWatch watch = watch(FORWARD);

        assertThat(turn(watch, 0)).isTrue();
        remembered.add("/after", 200, NOW);
        assertThat(turn(watch, 1)).isTrue();
        assertThat(paths()).containsExactly("/after");
    }

    @Test
    void tellsNoMoreThanItsRateAndCountsTheRest() throws Exception {
        TapWatch watch = watch(FORWARD.clone().setPerSecond(3));
        turn(watch, 1);
        for (int i = 0; i < 10; i++) {
            remembered.add("/" + i, 200, NOW);
        }
        turn(watch, 2);
        remembered.add("/later", 200, NOW);
        turn(watch, 2 * SECOND);

        assertThat(paths()).containsExactly("/0", "/1", "/2", "/later");
        assertThat(progress().getMatched()).isEqualTo(11);
        assertThat(progress().getDroppedRate()).isEqualTo(7);
    }

    @Test
    void keepsTheNewestOfWhatItLooksBackTo() throws Exception {
        for (int i = 0; i < 25; i++) {
            remembered.add("/" + i, 200, NOW);
        }
        turn(watch(Look.newBuilder().setPerSecond(2).setSinceMillis(1_000)), 0);

        assertThat(paths()).hasSize(20).startsWith("/5").endsWith("/24");
        assertThat(progress().getDroppedRate()).isEqualTo(5);
    }

    @Test
    void countsWhatWasForgottenBeforeItWasLookedAt() throws Exception {
        TapWatch watch = watch(FORWARD);
        turn(watch, 1);
        for (int i = 0; i < 100; i++) {
            remembered.add("/" + i, 200, NOW);
        }
        turn(watch, 2 * SECOND);

        assertThat(progress().getMissed()).isEqualTo(36);
        assertThat(progress().getExamined()).isEqualTo(64);
    }

    @Test
    void countsWhatTheControlPlaneWasTooSlowFor() throws Exception {
        TapWatch watch = watch(FORWARD);
        turn(watch, 1);
        remembered.add("/a", 200, NOW);
        room = false;
        turn(watch, 2);
        room = true;
        turn(watch, 2 * SECOND);

        assertThat(paths()).isEmpty();
        assertThat(progress().getMatched()).isEqualTo(1);
        assertThat(progress().getDroppedSlow()).isEqualTo(1);
    }

    @Test
    void saysWhatItCannotLookFor() throws Exception {
        turn(watch(FORWARD.clone().setFilter(Filter.newBuilder().setHeader("x-else:1"))), 1);
        assertThat(progress().getNote()).isEqualTo("does not record the request header x-else; it records x-user");

        assertThat(turn(watch(FORWARD.clone().setFilter(Filter.newBuilder().setStatus("9xx"))), 1))
                .isFalse();
        assertThat(progress().getNote()).startsWith("refuses the filter: status is");
    }

    private TapWatch watch(Look.Builder look) {
        return new TapWatch(look.build(), remembered.tap(), InstantSource.fixed(NOW));
    }

    private boolean turn(TapWatch watch, long nanos) throws InterruptedException {
        return watch.turn(nanos, message -> room && told.add(message));
    }

    private List<String> paths() {
        return told.stream()
                .flatMap(message -> message.getFound().getJsonList().stream())
                .map(json -> json.replaceAll(".*\"url\\.path\":\"([^\"]+)\".*", "$1"))
                .toList();
    }

    private Progress progress() {
        return told.stream()
                .filter(SidecarMessage::hasProgress)
                .reduce((first, second) -> second)
                .orElseThrow()
                .getProgress();
    }
}
