package io.tracery.pipeline.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.pipeline.otlp.TraceId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AgendaTest {

    private static final long START = 1_700_000_000_123L;

    @Test
    void nothingIsDueBeforeItsTimeAndEverythingSoonAfter() {
        Random random = new Random(7);
        Agenda agenda = new Agenda(START);
        Map<Undecided, Long> waiting = new HashMap<>();
        long now = START;
        for (int i = 0; i < 2_000; i++) {
            Undecided trace = new Undecided(new TraceId(random.nextLong(), i), now);
            long at = now + random.nextInt(1_000);
            agenda.add(trace, at);
            waiting.put(trace, at);
            now += random.nextInt(20);
            List<Undecided> due = agenda.due(now);
            for (Undecided each : due) {
                assertThat(waiting.remove(each)).isNotNull().isLessThanOrEqualTo(now);
            }
            long late = now - 100;
            assertThat(waiting.values()).allMatch(time -> time > late);
        }
        assertThat(agenda.due(now + 2_000)).containsExactlyInAnyOrderElementsOf(new ArrayList<>(waiting.keySet()));
        assertThat(agenda.due(now + 4_000)).isEmpty();
    }

    @Test
    void whatIsFarAheadIsLookedAtSoonerAndWhatIsLateAtOnce() {
        Agenda agenda = new Agenda(START);
        Undecided far = new Undecided(new TraceId(1, 1), START);
        Undecided past = new Undecided(new TraceId(2, 2), START);
        agenda.add(far, START + 60_000);
        agenda.add(past, START - 60_000);
        assertThat(agenda.due(START)).containsExactly(past);
        assertThat(agenda.due(START + 2_000)).containsExactly(far);
    }

    /** As after a pause of the whole process. */
    @Test
    void aLongPauseLeavesNothingBehind() {
        Agenda agenda = new Agenda(START);
        Undecided before = new Undecided(new TraceId(1, 1), START);
        agenda.add(before, START + 700);
        assertThat(agenda.due(START + 3_600_000)).containsExactly(before);
        Undecided after = new Undecided(new TraceId(2, 2), START);
        agenda.add(after, START + 3_600_500);
        assertThat(agenda.due(START + 3_600_400)).isEmpty();
        assertThat(agenda.due(START + 3_600_600)).containsExactly(after);
    }
}
