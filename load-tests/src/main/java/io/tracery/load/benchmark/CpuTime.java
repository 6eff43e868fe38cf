package io.tracery.load.benchmark;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * What an operation costs in CPU time of all threads of Java's, exporters included, compilers and collectors not: a busy machine moves it
 * far less than the time that passes. For {@code -prof}.
 */
public final class CpuTime implements InternalProfiler {

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private long[] ids = {};
    private long before;

    @Override
    public String getDescription() {
        return "CPU time of all Java threads";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        ids = Arrays.stream(threads.getAllThreadIds())
                .filter(id -> threads.getThreadCpuTime(id) >= 0)
                .toArray();
        before = nanos();
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        if (Arrays.stream(ids).anyMatch(id -> threads.getThreadCpuTime(id) < 0)) {
            // The last iteration's threads have ended by now, and nobody knows what they took.
            return List.of();
        }
        double each = (double) (nanos() - before) / result.getMetadata().getAllOps();
        return List.of(new ScalarResult("cpu.norm", each, "ns/op", AggregationPolicy.AVG));
    }

    private long nanos() {
        return Arrays.stream(ids).map(threads::getThreadCpuTime).sum();
    }
}
