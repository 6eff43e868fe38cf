package io.tracery.load.benchmark;

import io.tracery.proxy.balance.ConcurrencyLimit;
import io.tracery.proxy.mesh.AdaptiveConcurrency;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What an adaptive limit costs a request: whether it may begin, and how long it took. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class ConcurrencyLimitBenchmark {

    private static final long BETWEEN_REQUESTS_NANOS = 20_000;
    private static final long LATENCY_NANOS = 5_000_000;
    private static final int IN_FLIGHT = 30;

    private final ConcurrencyLimit limit = new ConcurrencyLimit(new AdaptiveConcurrency(1, 1_000, Set.of(), ""), 0);
    private long now;

    @Benchmark
    public int request() {
        now += BETWEEN_REQUESTS_NANOS;
        int most = limit.limit(ConcurrencyLimit.USUAL_URGENCY);
        limit.sample(LATENCY_NANOS + (now & 0xffff), IN_FLIGHT, now);
        return most;
    }
}
