package io.tracery.topology.graph;

import static io.tracery.topology.SettableClock.START;
import static io.tracery.topology.graph.Traffic.labels;
import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.topology.SettableClock;
import io.tracery.tracing.metric.ExponentialHistogram;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Two processes that share the work answer as one would that does all of it. Another base seed: {@code -Dseed=N}. */
@Timeout(60)
class GraphSharingTest {

    private static final Duration WINDOW = Duration.ofSeconds(30);
    private static final int PARTITIONS = 4;
    private static final List<String> WORKLOADS =
            List.of("shop/front", "shop/cart", "shop/kv", "data/ledger", "data/mail");

    private final SettableClock clock = new SettableClock();
    private final Graph whole = new Graph(GraphLimits.DEFAULT, clock);
    private final Graph a = new Graph(GraphLimits.DEFAULT, clock);
    private final Graph b = new Graph(GraphLimits.DEFAULT, clock);
    private final GraphSharing fromA = new GraphSharing(a, clock);
    private final GraphSharing fromB = new GraphSharing(b, clock);

    /** What each partition's store would hold. */
    private final Map<Integer, List<Increment>> kept = new TreeMap<>();

    static LongStream seeds() {
        long base = Long.getLong("seed", 20_261_128L);
        return LongStream.range(base, base + 50);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void bothAnswerAsOneWould(long seed) {
        Random random = new Random(seed);
        claim(a, 0, 1);
        claim(b, 2, 3);
        for (int step = 0; step < 60; step++) {
            traffic(random);
            if (random.nextInt(3) == 0) {
                tell(fromA, "a", fromB);
            }
            if (random.nextInt(3) == 0) {
                tell(fromB, "b", fromA);
            }
        }
        tellEachOther();
        assertThat(snapshot(a)).isEqualTo(snapshot(whole));
        assertThat(snapshot(b)).isEqualTo(snapshot(whole));

        traffic(random);
        tell(fromA, "a", fromB);
        // A is gone; B goes on from what A's partitions had stored.
        takeOver(b, 0);
        takeOver(b, 1);
        fromB.forget("a");
        assertThat(snapshot(b)).isEqualTo(snapshot(whole));
        assertThat(fromB.elsewhere()).isEmpty();
        traffic(random);
        assertThat(counts(b)).isEqualTo(counts(whole));
    }

    @Test
    void oneThatComesLaterLearnsEverythingInSeveralShares() {
        claim(a, 0, 1, 2, 3);
        for (int i = 0; i < 12_000; i++) {
            count(new Increment(
                    labels("shop/a>shop/s" + i + ":http", View.SENDER, "v1", "served"),
                    Measure.DURATION,
                    "",
                    1,
                    ExponentialHistogram.of(0, 0.01, -50, 1),
                    START - 1000,
                    START));
        }

        int shares = tell(fromA, "a", fromB);

        assertThat(shares).isEqualTo(3);
        assertThat(snapshot(b)).isEqualTo(snapshot(whole));
        assertThat(tell(fromA, "a", fromB)).isEqualTo(1);
    }

    @Test
    void whatIsGoneIsGoneEverywhere() {
        claim(a, 0, 1, 2, 3);
        SeriesLabels labels = labels("shop/front>shop/cart:http", View.SENDER, "v1", "served");
        a.admit(0, labels);
        a.admit(1, labels("shop/front>shop/kv:http", View.SENDER, "v1", "served"));
        tell(fromA, "a", fromB);
        assertThat(b.edgeCount()).isEqualTo(2);

        a.forget(0, labels, "");
        tell(fromA, "a", fromB);

        assertThat(b.edgeCount()).isEqualTo(1);
    }

    @Test
    void aPartitionIsCountedOnceWhileItGoesFromOneToAnother() {
        Graph c = new Graph(GraphLimits.DEFAULT, clock);
        GraphSharing toC = new GraphSharing(c, clock);
        claim(a, 0, 1, 2, 3);
        traffic(new Random(1));
        tell(fromA, "a", toC);
        clock.advance(Duration.ofSeconds(1));
        // B counts for it; A does not know yet that it should not.
        takeOver(b, 0);
        tell(fromB, "b", toC);
        tell(fromA, "a", toC);
        assertThat(counts(c)).isEqualTo(counts(whole));
        assertThat(toC.elsewhere()).isEqualTo(Map.of("a", Set.of(1, 2, 3), "b", Set.of(0)));

        // Whoever is gone is not forgotten before somebody else speaks for it, even by an older clock.
        toC.forget("a");
        assertThat(counts(c)).isEqualTo(counts(whole));
        clock.advance(Duration.ofMinutes(-1));
        takeOver(b, 1);
        clock.advance(Duration.ofMinutes(1));
        tell(fromB, "b", toC);
        assertThat(counts(c)).isEqualTo(counts(whole));
        assertThat(toC.elsewhere().get("b")).containsExactlyInAnyOrder(0, 1);
    }

    @Test
    void onlyOneSpeaksForAnEdge() {
        claim(a, 0, 1);
        claim(b, 2, 3);
        traffic(new Random(3));
        tellEachOther();
        traffic(new Random(4));
        tellEachOther();

        List<String> told = new ArrayList<>();
        a.takeChanges().forEach(change -> told.add(change.edge().id()));
        b.takeChanges().forEach(change -> told.add(change.edge().id()));

        assertThat(told).doesNotHaveDuplicates().hasSize(whole.takeChanges().size());
        int spoken = new GraphReader(a, clock).totals().size()
                + new GraphReader(b, clock).totals().size();
        assertThat(spoken).isEqualTo(new GraphReader(whole, clock).totals().size());
    }

    private void traffic(Random random) {
        long before = clock.millis();
        clock.advance(Duration.ofMillis(200));
        for (int i = 0; i < 8; i++) {
            String source = WORKLOADS.get(random.nextInt(WORKLOADS.size()));
            String target = WORKLOADS.get(random.nextInt(WORKLOADS.size()));
            View view = random.nextInt(3) == 0 ? View.RECEIVER : View.SENDER;
            String edge = source + ">" + target + ":http";
            String fate = random.nextInt(5) == 0 ? "app_error" : "served";
            SeriesLabels labels = labels(edge, view, "v" + random.nextInt(2), fate);
            String epoch = (view == View.SENDER ? source : target) + "-1@1";
            if (random.nextBoolean()) {
                ExponentialHistogram latencies = new ExponentialHistogram();
                int exchanges = 1 + random.nextInt(5);
                for (int j = 0; j < exchanges; j++) {
                    latencies.record(Math.exp(random.nextGaussian() - 5));
                }
                count(new Increment(labels, Measure.DURATION, epoch, exchanges, latencies, before, clock.millis()));
            } else {
                Measure measure = List.of(Measure.STARTED, Measure.RETRIES, Measure.REQUEST_BYTES)
                        .get(random.nextInt(3));
                count(new Increment(labels, measure, epoch, random.nextInt(4), null, before, clock.millis()));
            }
        }
    }

    /** A proxy's reports are in the partition of its workload. */
    private void count(Increment increment) {
        EdgeKey edge = increment.labels().edge();
        NodeId proxy = increment.labels().view() == View.SENDER ? edge.source() : edge.target();
        int partition = Math.floorMod(proxy.id().hashCode(), PARTITIONS);
        kept.computeIfAbsent(partition, any -> new ArrayList<>()).add(increment);
        count(whole, partition, increment);
        for (Graph graph : List.of(a, b)) {
            if (graph.claims(partition)) {
                count(graph, partition, increment);
            }
        }
    }

    private static void count(Graph graph, int partition, Increment increment) {
        graph.claim(partition);
        graph.admit(partition, increment.labels());
        graph.heard(increment.toMillis());
        graph.add(partition, increment);
    }

    private static void claim(Graph graph, int... partitions) {
        for (int partition : partitions) {
            graph.claim(partition);
        }
    }

    private void takeOver(Graph graph, int partition) {
        Graph.Restoration restoration = graph.restoration(partition);
        kept.getOrDefault(partition, List.of()).forEach(counted -> restoration.add(stored(counted)));
        restoration.complete();
    }

    /** The store keeps when a series changed last, not when it was last heard of. */
    private static Increment stored(Increment counted) {
        return new Increment(
                counted.labels(),
                counted.measure(),
                counted.epoch(),
                counted.amount(),
                counted.latencies(),
                0,
                counted.amount() == 0 ? 0 : counted.toMillis());
    }

    private void tellEachOther() {
        tell(fromA, "a", fromB);
        tell(fromB, "b", fromA);
    }

    /** Over the wire, until there is nothing more to tell; in how many shares. */
    private static int tell(GraphSharing from, String name, GraphSharing to) {
        for (int shares = 1; ; shares++) {
            GraphSharing.Known known = to.known(name);
            GraphShare share = GraphShareCodec.read(GraphShareCodec.write(from.tell(known)));
            to.take(name, share, time -> {});
            if (!share.more() && !to.known(name).equals(GraphSharing.Known.NOTHING)) {
                return shares;
            }
        }
    }

    private GraphSnapshot snapshot(Graph graph) {
        GraphSnapshot snapshot = new GraphReader(graph, clock).snapshot(WINDOW);
        assertThat(snapshot.edges()).isNotEmpty();
        return snapshot;
    }

    private Map<String, List<Long>> counts(Graph graph) {
        Map<String, List<Long>> counts = new TreeMap<>();
        new GraphReader(graph, clock)
                .snapshot(WINDOW)
                .edges()
                .forEach(edge -> counts.put(
                        edge.id(), List.of(edge.requests(), edge.received(), edge.retries(), edge.bytesReceived())));
        return counts;
    }
}
