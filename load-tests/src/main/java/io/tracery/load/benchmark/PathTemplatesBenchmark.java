package io.tracery.load.benchmark;

import io.tracery.proxy.telemetry.PathTemplates;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The template of a path: one that was asked for lately, one with an id that is new, one that nobody answers. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class PathTemplatesBenchmark {

    private static final int PATHS = 1 << 14;

    private final PathTemplates templates = new PathTemplates();
    private final String[] orders = IntStream.range(0, PATHS)
            .mapToObj(i -> "/shop/v2/orders/" + (100_000 + i) + "/items")
            .toArray(String[]::new);
    private final String[] unknown =
            IntStream.range(0, PATHS).mapToObj(i -> "/wp-admin/x" + i).toArray(String[]::new);
    private int next;

    @Setup
    public void learn() {
        templates.of("outbound/cart.shop/80", orders[0], /* answered= */ true);
    }

    @Benchmark
    public String remembered() {
        return templates.of("outbound/cart.shop/80", orders[0], /* answered= */ true);
    }

    @Benchmark
    public String another() {
        next = (next + 1) & (PATHS - 1);
        return templates.of("outbound/cart.shop/80", orders[next], /* answered= */ true);
    }

    @Benchmark
    public String unanswered() {
        next = (next + 1) & (PATHS - 1);
        return templates.of("outbound/cart.shop/80", unknown[next], /* answered= */ false);
    }
}
