package io.tracery.load.benchmark;

import io.tracery.proxy.balance.RetryBudget;
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

/** What the retry budget costs a request that is not repeated, and one that is. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class RetryBudgetBenchmark {

    private static final long BETWEEN_REQUESTS_NANOS = 20_000;

    private long now;
    private final RetryBudget budget = new RetryBudget(() -> now += BETWEEN_REQUESTS_NANOS);

    @Benchmark
    public int request() {
        budget.deposit();
        return budget.left();
    }

    @Benchmark
    public boolean repeated() {
        budget.deposit();
        return budget.withdraw();
    }
}
