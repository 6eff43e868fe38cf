package io.tracery.shop.temper;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.shop.temper.Temper.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class TemperTest {

    private static final List<String> IDS =
            IntStream.range(0, 20_000).mapToObj(n -> "mk3x-" + n + "-1").toList();

    @Test
    void decidesTheSameForTheSameSeedAndRequest() {
        assertThat(IDS)
                .allSatisfy(id ->
                        assertThat(new Temper(7).inventoryRefusal(id)).isEqualTo(new Temper(7).inventoryRefusal(id)));
    }

    @Test
    void refusesAsOftenAsItSays() {
        Temper temper = new Temper(7);
        assertThat(share(id -> temper.inventoryRefusal(id) == Refusal.ONCE)).isCloseTo(0.03, Offset.offset(0.005));
        assertThat(share(id -> temper.inventoryRefusal(id) == Refusal.ALWAYS)).isCloseTo(0.01, Offset.offset(0.005));
    }

    @Test
    void dawdlesAsOftenAndAsLongAsItSays() {
        Temper temper = new Temper(7);
        assertThat(share(id -> !temper.recommendationDelay(id).isZero())).isCloseTo(0.05, Offset.offset(0.01));
        assertThat(IDS)
                .extracting(temper::recommendationDelay)
                .filteredOn(delay -> !delay.isZero())
                .allSatisfy(delay -> assertThat(delay).isBetween(Duration.ofMillis(200), Duration.ofMillis(350)));
    }

    private static double share(java.util.function.Predicate<String> of) {
        return IDS.stream().filter(of).count() / (double) IDS.size();
    }
}
