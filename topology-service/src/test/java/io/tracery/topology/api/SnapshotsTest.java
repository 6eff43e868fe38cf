package io.tracery.topology.api;

import static io.tracery.topology.graph.Traffic.sent;
import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.topology.SettableClock;
import io.tracery.topology.graph.GraphLimits;
import io.tracery.topology.graph.GraphScope;
import io.tracery.topology.graph.Traffic;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SnapshotsTest {

    private static final Snapshots.View VIEW = new Snapshots.View(Duration.ofSeconds(30), GraphScope.WHOLE);

    private final Traffic traffic = new Traffic(GraphLimits.DEFAULT);
    private final AtomicLong nanos = new AtomicLong();
    private final Queue<Runnable> ahead = new ArrayDeque<>();

    /** How long making one takes: each look at the clock costs so much. */
    private long costNanos;

    private final Snapshots snapshots = new Snapshots(traffic.reader, () -> nanos.addAndGet(costNanos), ahead::add);

    @Test
    void oneThatIsQuicklyMadeIsMadeForWhoAsks() {
        costNanos = 1_000;
        Rendered first = snapshots.of(VIEW);
        assertThat(snapshots.of(VIEW)).isSameAs(first);
        change();
        nanos.addAndGet(Duration.ofMillis(60).toNanos());
        assertThat(snapshots.of(VIEW).version()).isGreaterThan(first.version());
        assertThat(ahead).isEmpty();
    }

    @Test
    void oneThatTakesLongIsMadeWhileTheLastOneIsGivenOnceMore() {
        costNanos = Duration.ofMillis(100).toNanos();
        Rendered first = snapshots.of(VIEW);
        change();
        nanos.addAndGet(Duration.ofMillis(500).toNanos());

        assertThat(snapshots.of(VIEW)).isSameAs(first);
        assertThat(snapshots.of(VIEW)).isSameAs(first);
        assertThat(ahead).hasSize(1);
        ahead.remove().run();
        assertThat(snapshots.of(VIEW).version()).isGreaterThan(first.version());

        // Nobody asked for long: what there is would be too old.
        change();
        nanos.addAndGet(Duration.ofSeconds(10).toNanos());
        assertThat(snapshots.of(VIEW).version()).isEqualTo(snapshots.version());
        assertThat(ahead).isEmpty();
    }

    private void change() {
        traffic.ended(sent("shop/front>shop/cart:http"), 1, 0.01, SettableClock.START - 1000, SettableClock.START);
    }
}
