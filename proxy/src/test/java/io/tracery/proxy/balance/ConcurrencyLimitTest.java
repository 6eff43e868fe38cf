package io.tracery.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.proxy.mesh.AdaptiveConcurrency;
import java.util.Arrays;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.DoubleToIntFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The limit against a simulated server of ten workers that need ten milliseconds for each request, in simulated time. */
class ConcurrencyLimitTest {

    private static final double MILLI = 1e6;
    private static final double SECOND = 1e9;
    private static final int WORKERS = 10;
    private static final double SERVICE_MILLIS = 10;

    private final ConcurrencyLimit limit = new ConcurrencyLimit(new AdaptiveConcurrency(4, 1000, Set.of()), 0);
    private final PriorityQueue<double[]> underWay = new PriorityQueue<>((a, b) -> Double.compare(a[0], b[0]));
    private final double[] workerFreeAt = new double[WORKERS];
    private final int[] asked = new int[ConcurrencyLimit.LEAST_URGENT + 1];
    private final int[] served = new int[ConcurrencyLimit.LEAST_URGENT + 1];
    private double now;

    private record Result(int served, int refused, double meanMillis, double worstMillis) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void letsEverythingThroughWhileTheServerKeepsUp(long seed) {
        Result result = run(new SplittableRandom(seed), 600, 60);
        assertThat(result.refused()).isLessThan(result.served() / 100);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void keepsAnOverloadedServerBusyAndItsQueueShort(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        run(random, 500, 60);
        // The server can do a thousand a second.
        Result result = run(random, 3000, 60);
        assertThat(result.served()).isGreaterThan(57_000);
        assertThat(result.meanMillis()).isLessThan(60);
        assertThat(result.worstMillis()).isLessThan(200);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void letsEverythingThroughAgainWhenTheLoadHasGone(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        run(random, 500, 60);
        run(random, 3000, 60);
        run(random, 500, 10);
        Result result = run(random, 500, 60);
        assertThat(result.refused()).isLessThan(result.served() / 100);
    }

    /** A fifth is urgent, three tenths are as usual, half is not urgent at all. */
    private static int mixed(double chance) {
        return chance < 0.2 ? 1 : chance < 0.5 ? ConcurrencyLimit.USUAL_URGENCY : 6;
    }

    /** What a server gives that serves strictly by urgency: each level gets what those above it leave. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shedsTheLeastUrgentFirst(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] ofAll = {0.2, 0.3, 0.5};
        int[] urgencies = {1, ConcurrencyLimit.USUAL_URGENCY, 6};
        run(random, 500, 60);
        for (double perSecond : new double[] {600, 1500, 3000, 6000}) {
            run(random, perSecond, 30, ConcurrencyLimitTest::mixed);
            Arrays.fill(served, 0);
            Arrays.fill(asked, 0);
            run(random, perSecond, 60, ConcurrencyLimitTest::mixed);
            double left = WORKERS * 1_000 / SERVICE_MILLIS;
            for (int i = 0; i < urgencies.length; i++) {
                double wanted = perSecond * ofAll[i];
                double model = Math.min(1, left / wanted);
                left = Math.max(0, left - wanted);
                double share = served[urgencies[i]] / (double) asked[urgencies[i]];
                assertThat(share)
                        .as("urgency %d at %.0f/s, seed %d", urgencies[i], perSecond, seed)
                        .isBetween(model - 0.12, model + 0.12);
            }
        }
    }

    private Result run(SplittableRandom random, double perSecond, double seconds) {
        return run(random, perSecond, seconds, chance -> ConcurrencyLimit.USUAL_URGENCY);
    }

    private Result run(SplittableRandom random, double perSecond, double seconds, DoubleToIntFunction urgencies) {
        double end = now + seconds * SECOND;
        int done = 0;
        int refused = 0;
        double sum = 0;
        double worst = 0;
        while (now < end) {
            now += -Math.log(1 - random.nextDouble()) / perSecond * SECOND;
            while (!underWay.isEmpty() && underWay.peek()[0] <= now) {
                double[] ended = underWay.poll();
                limit.sample((long) (ended[0] - ended[1]), underWay.size() + 1, (long) ended[0]);
            }
            int urgency = urgencies.applyAsInt(random.nextDouble());
            asked[urgency]++;
            if (underWay.size() >= limit.limit(urgency)) {
                refused++;
                continue;
            }
            int worker = 0;
            for (int i = 1; i < WORKERS; i++) {
                worker = workerFreeAt[i] < workerFreeAt[worker] ? i : worker;
            }
            double began = Math.max(now, workerFreeAt[worker]);
            double ends = began + SERVICE_MILLIS * MILLI * (0.5 + random.nextDouble());
            workerFreeAt[worker] = ends;
            underWay.add(new double[] {ends, now});
            done++;
            served[urgency]++;
            sum += (ends - now) / MILLI;
            worst = Math.max(worst, (ends - now) / MILLI);
        }
        return new Result(done, refused, sum / done, worst);
    }
}
