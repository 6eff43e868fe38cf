package io.tracery.topology.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tracery.topology.graph.Exemplar;
import io.tracery.topology.graph.Increment;
import io.tracery.topology.graph.Measure;
import io.tracery.topology.graph.SeriesLabels;
import io.tracery.topology.graph.Traffic;
import io.tracery.topology.graph.View;
import io.tracery.tracing.metric.ExponentialHistogram;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is remembered is what was counted, at whatever resolution it is read, over restarts and for as long as it is kept. */
class PartitionHistoryTest {

    private static final String EDGE = "shop/front>shop/cart:http";
    private static final long HOUR = 3_600_000;
    private static final long BEGIN = 1_767_225_600_000L;

    private final MemoryWindows store = new MemoryWindows();
    private PartitionHistory history = history(HistorySettings.DEFAULT);
    private long now = BEGIN;

    private PartitionHistory history(HistorySettings settings) {
        return new PartitionHistory(store, settings, edge -> 0);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyIntervalHoldsExactlyWhatHappenedInIt(long seed) {
        Random random = new Random(seed);
        TreeMap<Long, Long> truth = new TreeMap<>();
        for (int second = 0; second < 3 * 3600; second++) {
            pass(1);
            if (random.nextInt(10) == 0) {
                long end = now - (random.nextInt(20) == 0 ? random.nextInt(3_600_000) : 0);
                int count = 1 + random.nextInt(5);
                served(EDGE, count, 0.01, end - 1, end);
                truth.merge(Math.floorDiv(end - 1, 10_000L) * 10_000, (long) count, Long::sum);
            }
            if (random.nextInt(3000) == 0) {
                history.close();
                history = history(HistorySettings.DEFAULT);
            }
        }
        for (int i = 0; i < 200; i++) {
            long from = BEGIN + 10_000L * random.nextInt(1000);
            long to = from + 10_000L * (1 + random.nextInt(1080));
            long stretch = 10_000L * (1 + random.nextInt(400));
            long expected = truth.subMap(from, to).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            assertThat(requests(from, to, stretch))
                    .as("from %d to %d by %d", from, to, stretch)
                    .isEqualTo(expected);
        }
    }

    @Test
    void longerWindowsReplaceManyShortOnes() {
        for (int second = 0; second < 2 * 3600; second++) {
            pass(1);
            served(EDGE, 1, 0.01, now - 1, now);
        }
        pass(60);
        HistoryStats stats = new HistoryStats(history.stats());
        assertThat(stats.of(Step.TEN_SECONDS).entries()).isEqualTo(720);
        assertThat(stats.of(Step.MINUTE).entries()).isEqualTo(120);
        assertThat(stats.of(Step.HOUR).entries()).isEqualTo(2);
    }

    @Test
    void aQuantileOverProxiesIsThatOfAllTheirExchanges() {
        // Of 1000 exchanges 11 are slow, all at one replica: the mean of the replicas' p99 would be about half of the
        // truth.
        served(EDGE, 900, 0.01, now, now + 1);
        served(EDGE, 89, 0.01, now, now + 1);
        served(EDGE, 11, 2.0, now, now + 1);
        Tally tally = tally(BEGIN, BEGIN + 10_000);
        assertThat(tally.requests()).isEqualTo(1000);
        assertThat(tally.quantile(0.99)).isCloseTo(2000, within(200.0));
        assertThat(tally.quantile(0.98)).isCloseTo(10, within(1.0));
    }

    @Test
    void bothEndsStandApartAndTheirDifferenceIsLoss() {
        count(Traffic.labels(EDGE, View.SENDER, "v1", "served"), 90);
        count(Traffic.labels(EDGE, View.SENDER, "v1", "connect_refused"), 10);
        count(Traffic.labels(EDGE, View.RECEIVER, "v1", "served"), 90);
        EdgeWindow edge = edge(BEGIN, BEGIN + 10_000);
        assertThat(edge.tally(View.SENDER).requests()).isEqualTo(100);
        assertThat(edge.tally(View.RECEIVER).requests()).isEqualTo(90);
        assertThat(edge.lost()).isEqualTo(10);
        assertThat(edge.loss()).isEqualTo(0.1);
        assertThat(edge.by(View.SENDER, RowKey::route)).containsOnlyKeys("shop/cart/0");
        assertThat(edge.by(View.RECEIVER, RowKey::route)).containsOnlyKeys("inbound/21000");
    }

    @Test
    void theSlowestTracesStayWithTheirWindows() {
        ExponentialHistogram one = new ExponentialHistogram();
        one.record(0.5);
        Exemplar slow = new Exemplar(now + 5, 500, "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
        Exemplar slower = new Exemplar(now + 6, 800, "1af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
        for (Exemplar exemplar : new Exemplar[] {slower, slow}) {
            history.add(new Increment(Traffic.sent(EDGE), Measure.DURATION, "a@1", 1, one, now, now + 7, exemplar));
        }
        pass(30);
        history.close();
        history = history(HistorySettings.DEFAULT);
        Tally.Sample sample = tally(BEGIN, BEGIN + 10_000).slowest();
        assertThat(sample).isEqualTo(new Tally.Sample(slower, "served"));
    }

    @Test
    void windowsAreKeptAsLongAsTheyShouldBe() {
        HistorySettings settings = new HistorySettings(
                Map.of(
                        Step.TEN_SECONDS, Duration.ofMinutes(20),
                        Step.MINUTE, Duration.ofHours(2),
                        Step.HOUR, Duration.ofDays(2)),
                1L << 30);
        history = history(settings);
        for (int second = 0; second < 4 * 3600; second++) {
            pass(1);
            if (second % 5 == 0) {
                served(EDGE, 1, 0.01, now - 1, now);
            }
        }
        HistoryStats stats = new HistoryStats(history.stats());
        assertThat(now - stats.of(Step.TEN_SECONDS).from()).isBetween(20 * 60_000L, 21 * 60_000L);
        assertThat(now - stats.of(Step.MINUTE).from()).isBetween(2 * HOUR, 2 * HOUR + 120_000);
        assertThat(stats.of(Step.HOUR).from()).isEqualTo(BEGIN);
        assertThat(store.size()).isLessThan(2 * (125 + 125 + 5) + 10);
        assertThat(requests(BEGIN, BEGIN + HOUR, HOUR)).isEqualTo(720);
    }

    @Test
    void bytesAreBoundedAndTheFinestPastGoesFirst() {
        HistorySettings settings = new HistorySettings(HistorySettings.DEFAULT.keep(), 60_000);
        history = history(settings);
        for (int second = 0; second < 4 * 3600; second++) {
            pass(1);
            if (second % 5 == 0) {
                served(EDGE, 1, 0.01, now - 1, now);
            }
        }
        HistoryStats stats = new HistoryStats(history.stats());
        assertThat(stats.bytes()).isLessThanOrEqualTo(60_500);
        assertThat(now - stats.of(Step.TEN_SECONDS).from()).isLessThan(HOUR);
        assertThat(now - stats.of(Step.MINUTE).from()).isGreaterThan(3 * HOUR);
        assertThat(requests(BEGIN, BEGIN + HOUR, HOUR)).isEqualTo(720);
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            now += 1000;
            history.tick(now);
        }
    }

    private void served(String edge, int count, double seconds, long from, long to) {
        ExponentialHistogram histogram = new ExponentialHistogram();
        for (int i = 0; i < count; i++) {
            histogram.record(seconds);
        }
        history.add(new Increment(Traffic.sent(edge), Measure.DURATION, "a@1", count, histogram, from, to));
    }

    private void count(SeriesLabels labels, int count) {
        ExponentialHistogram histogram = new ExponentialHistogram();
        for (int i = 0; i < count; i++) {
            histogram.record(0.01);
        }
        history.add(new Increment(labels, Measure.DURATION, "a@1", count, histogram, now, now + 1));
    }

    private long requests(long from, long to, long stretch) {
        long[] sum = new long[1];
        history.read(
                new WindowSource.Reading(from, to, stretch, EdgeFilter.ALL),
                (begin, window) -> sum[0] += window.tally(View.SENDER).requests());
        return sum[0];
    }

    private Tally tally(long from, long to) {
        return edge(from, to).tally(View.SENDER);
    }

    private EdgeWindow edge(long from, long to) {
        EdgeWindow[] found = new EdgeWindow[1];
        history.read(
                new WindowSource.Reading(from, to, to - from, EdgeFilter.ALL), (begin, window) -> found[0] = window);
        return found[0];
    }
}
