package io.tracery.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.proxy.mesh.AdaptiveConcurrency;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
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

    private Result run(SplittableRandom random, double perSecond, double seconds) {
        double end = now + seconds * SECOND;
        int served = 0;
        int refused = 0;
        double sum = 0;
        double worst = 0;
        while (now < end) {
            now += -Math.log(1 - random.nextDouble()) / perSecond * SECOND;
            while (!underWay.isEmpty() && underWay.peek()[0] <= now) {
                double[] done = underWay.poll();
                limit.sample((long) (done[0] - done[1]), underWay.size() + 1, (long) done[0]);
            }
            if (underWay.size() >= limit.limit()) {
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
            served++;
            sum += (ends - now) / MILLI;
            worst = Math.max(worst, (ends - now) / MILLI);
        }
        return new Result(served, refused, sum / served, worst);
    }
}
