package io.tracery.load.benchmark;

import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.ExchangeObserver;
import io.tracery.proxy.route.Route;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What telemetry costs an event loop for each exchange, over a hundred series. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class ExchangeTelemetryBenchmark {

    private static final int BATCH = 1_000;
    private static final int ROUTES = 100;

    /** What is told of each, see {@link Telemetry}. */
    @Param({"none", "metrics", "spans"})
    public String observed = "none";

    private final SplittableRandom random = new SplittableRandom(1);
    private final List<Route> routes = IntStream.range(0, ROUTES)
            .mapToObj(i -> Cart.route("shop/cart/" + i))
            .toList();
    private @Nullable Telemetry telemetry;
    private ExchangeObserver observer = MemoryLoop.NOBODY;
    private int next;

    @Setup
    public void begin() {
        telemetry = new Telemetry(observed);
        observer = telemetry.observer();
    }

    @TearDown
    public void end() {
        Objects.requireNonNull(telemetry).close();
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long exchange() {
        return Objects.requireNonNull(telemetry).on(this::batch);
    }

    private long batch() {
        long sum = 0;
        for (int i = 0; i < BATCH; i++) {
            sum += one().durationNanos();
        }
        return sum;
    }

    private Exchange one() {
        int n = next++;
        Exchange exchange = Exchanges.begun(routes.get(Math.floorMod(n, ROUTES)), random, n);
        observer.started(exchange);
        Exchanges.answered(exchange, random, n);
        observer.ended(exchange);
        return exchange;
    }
}
