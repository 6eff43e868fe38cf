package io.tracery.load.benchmark;

import io.tracery.proxy.balance.ClusterBalancer;
import io.tracery.proxy.balance.ClusterBalancer.Surroundings;
import io.tracery.proxy.balance.EjectionObserver;
import io.tracery.proxy.balance.EndpointLoad;
import io.tracery.proxy.mesh.ClusterPolicy;
import io.tracery.proxy.mesh.OutlierPolicy;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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

/**
 * What it costs to hear of an answer where endpoints that fail are left out, by failures in a row and by their share. As many fail
 * as are borne: nobody is left out, and every answer is judged.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class OutlierDetectorBenchmark {

    private static final OutlierPolicy POLICY = new OutlierPolicy(
            5, 0, 0, new OutlierPolicy.SuccessRate(0.5, 100), Duration.ofSeconds(10), OutlierPolicy.Ejection.DEFAULT);

    /** Of the answers, in percent. */
    @Param({"0", "10"})
    public int failing;

    private final ClusterBalancer balancer = new ClusterBalancer(
            Cart.NAME, watched(), new Surroundings("", new SplittableRandom(1), () -> 0, EjectionObserver.NONE));
    private final EndpointLoad load;
    private int answers;
    private long now;

    public OutlierDetectorBenchmark() {
        balancer.endpoints(List.of(Cart.endpoint(1, ""), Cart.endpoint(2, "")));
        load = balancer.loads().getFirst();
    }

    private static ClusterPolicy watched() {
        ClusterPolicy usual = ClusterPolicy.DEFAULT;
        return new ClusterPolicy(
                usual.balancer(),
                usual.latency(),
                usual.slowStart(),
                usual.zones(),
                POLICY,
                usual.panicPercent(),
                usual.limits());
    }

    @Benchmark
    public int answered() {
        now += 10_000;
        answers += 10;
        boolean fails = answers >= 1_000 - failing * 10;
        answers = answers >= 1_000 ? 0 : answers;
        load.started();
        load.answered(fails ? 503 : 200, 5_000_000, 0, now);
        return balancer.leftOut();
    }
}
