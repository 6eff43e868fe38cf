package io.tracery.load.benchmark;

import io.tracery.proxy.balance.WeightedSplit;
import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.route.ClusterSplit.Share;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Whose turn it is among the shares of a route. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class WeightedSplitBenchmark {

    /** How many shares. */
    @Param({"2", "20"})
    public int shares;

    private WeightedSplit split = new WeightedSplit(new ClusterSplit(List.of()));

    @Setup
    public void weigh() {
        split = new WeightedSplit(new ClusterSplit(IntStream.range(0, shares)
                .mapToObj(i -> new Share("cart-" + i, 1 + i * 7))
                .toList()));
    }

    @Benchmark
    public @Nullable Share next() {
        return split.next();
    }
}
