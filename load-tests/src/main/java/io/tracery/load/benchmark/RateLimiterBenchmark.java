package io.tracery.load.benchmark;

import io.tracery.proxy.route.Quota;
import io.tracery.proxy.route.Rate;
import io.tracery.proxy.route.RateLimit;
import io.tracery.proxy.route.RateLimiter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One decision of a rate limit: for all requests together, and for ten thousand keys beside that. Most requests go on. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class RateLimiterBenchmark {

    private static final Rate RATE = new Rate(100_000, Duration.ofSeconds(1), 1000);
    private static final long BETWEEN_REQUESTS_NANOS = 20_000;

    /** How many keys; with 0 nobody is told apart. */
    @Param({"0", "10000"})
    public int keys;

    private final List<String> names =
            IntStream.range(0, 10_000).mapToObj(i -> "caller-" + i).toList();
    private final RateLimiter all = new RateLimiter(new RateLimit(RATE, null));
    private final RateLimiter keyed = new RateLimiter(
            new RateLimit(RATE, new RateLimit.PerKey(new RateLimit.Key.Header("x-caller"), RATE, 10_000)));
    private long now;
    private int next;

    @Benchmark
    public Quota take() {
        now += BETWEEN_REQUESTS_NANOS;
        next += 7919;
        return keys == 0 ? all.take("", now) : keyed.take(names.get(Math.floorMod(next, keys)), now);
    }
}
