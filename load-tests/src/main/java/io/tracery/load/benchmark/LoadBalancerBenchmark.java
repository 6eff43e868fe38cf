package io.tracery.load.benchmark;

import io.tracery.proxy.balance.ClusterBalancer;
import io.tracery.proxy.balance.ClusterBalancer.Surroundings;
import io.tracery.proxy.balance.EjectionObserver;
import io.tracery.proxy.balance.EndpointLoad;
import io.tracery.proxy.balance.LoadBalancer;
import io.tracery.proxy.balance.Pick;
import io.tracery.proxy.mesh.Balancer;
import io.tracery.proxy.mesh.Balancer.SlowStart;
import io.tracery.proxy.mesh.CircuitLimits;
import io.tracery.proxy.mesh.ClusterPolicy;
import io.tracery.proxy.mesh.ClusterPolicy.Zones;
import io.tracery.proxy.mesh.Endpoint;
import io.tracery.proxy.mesh.LatencyModel;
import io.tracery.proxy.mesh.OutlierPolicy;
import io.tracery.proxy.mesh.Workload;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;
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
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What choosing an endpoint and hearing of its answer costs each request, among twenty endpoints in two zones, with the
 * clock standing still between a request's begin and end as it nearly does between a burst's.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class LoadBalancerBenchmark {

    private static final int ENDPOINTS = 20;
    private static final long LATENCY_NANOS = 5_000_000;

    /** Who chooses. {@code watched} is peak-EWMA with outlier detection. */
    @Param({"peak_ewma", "zoned", "watched", "least_request", "round_robin", "random", "ring_hash", "maglev"})
    public String chooser = "peak_ewma";

    private long now;
    private long client;
    private LoadBalancer balancer = balancer();

    /** Twenty endpoints that were asked before. */
    @Setup
    public void begin() {
        balancer = balancer();
        for (int i = 0; i < 10_000; i++) {
            request();
        }
    }

    /** One request, answered well. */
    @Benchmark
    public EndpointLoad request() {
        now += 10_000;
        client += 0x9e3779b97f4a7c15L;
        Pick pick = Objects.requireNonNull(balancer.pick(null, client, now));
        EndpointLoad load = pick.chosen();
        load.started();
        load.answered(200, LATENCY_NANOS, 0, now);
        return load;
    }

    private LoadBalancer balancer() {
        Balancer kind = switch (chooser) {
            case "least_request" -> new Balancer.LeastRequest(2);
            case "round_robin" -> new Balancer.RoundRobin();
            case "random" -> new Balancer.Random();
            case "ring_hash" ->
                new Balancer.RingHash(Balancer.RingHash.DEFAULT_MINIMUM, Balancer.RingHash.DEFAULT_MAXIMUM);
            case "maglev" -> new Balancer.Maglev(Balancer.Maglev.DEFAULT_SIZE);
            default -> new Balancer.PeakEwma();
        };
        OutlierPolicy outliers = new OutlierPolicy(
                5, 0, 0, new OutlierPolicy.SuccessRate(0.8, 5), Duration.ofSeconds(10), OutlierPolicy.Ejection.DEFAULT);
        ClusterPolicy policy = new ClusterPolicy(
                kind,
                LatencyModel.DEFAULT,
                SlowStart.NONE,
                Zones.NEAR_FIRST,
                chooser.equals("watched") ? outliers : null,
                ClusterPolicy.DEFAULT_PANIC_PERCENT,
                CircuitLimits.NONE);
        String zone = chooser.equals("zoned") ? "a" : "";
        ClusterBalancer made = new ClusterBalancer(
                "cart", policy, new Surroundings(zone, new SplittableRandom(1), () -> now, EjectionObserver.NONE));
        made.endpoints(IntStream.range(0, ENDPOINTS)
                .mapToObj(i -> new Endpoint(
                        InetSocketAddress.createUnresolved("cart", 1 + i), Workload.UNKNOWN, 1, i % 2 == 0 ? "a" : "b"))
                .toList());
        return made;
    }
}
