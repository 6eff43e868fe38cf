package io.tracery.load.benchmark;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.tracery.proxy.exchange.Attempt;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.ExchangeObserver;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.Endpoint;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.proxy.mesh.Workload;
import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.route.Route;
import io.tracery.proxy.route.RouteMatch;
import io.tracery.proxy.telemetry.ProxyTelemetry;
import io.tracery.proxy.telemetry.TelemetryConfig;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.span.Fate;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
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

/**
 * What telemetry costs an event loop for each exchange, over a hundred series: {@code none} makes exchanges and observes nothing,
 * {@code metrics} counts, {@code spans} counts and hands over to an exporter that encodes (and finds no Kafka).
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class ExchangeTelemetryBenchmark {

    private static final int BATCH = 1_000;
    private static final int ROUTES = 100;

    /** What is observed. */
    @Param({"none", "metrics", "spans"})
    public String observed = "none";

    private final SplittableRandom random = new SplittableRandom(1);
    private final EventLoop loop = new DefaultEventLoop();
    private final List<Route> routes = IntStream.range(0, ROUTES)
            .mapToObj(i -> new Route(
                    "shop/cart/" + i,
                    RouteMatch.ANY,
                    ClusterSplit.to("outbound/cart.shop/80"),
                    Duration.ZERO,
                    RetryPolicy.NONE))
            .toList();
    private final Endpoint endpoint = new Endpoint(
            new InetSocketAddress("127.0.0.1", 1),
            new Workload("shop", "cart", "v1", "spiffe://tracery.local/ns/shop/sa/cart"),
            1,
            "");
    private final Cluster cluster = new Cluster(
            "outbound/cart.shop/80",
            "shop",
            "cart",
            List.of(endpoint),
            Duration.ofSeconds(1),
            null,
            UpstreamProtocol.SAME_AS_DOWNSTREAM);
    private @Nullable ProxyTelemetry telemetry;
    private @Nullable ExchangeObserver observer;
    private int next;

    @Setup
    public void begin() {
        if (observed.equals("none")) {
            return;
        }
        String kafka = observed.equals("spans") ? "127.0.0.1:1" : null;
        ProxyTelemetry running = new ProxyTelemetry(
                new TelemetryConfig(kafka, "shop", "front", "v1", "benchmark", ""),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        running.start();
        observer = running.observerFor(loop);
        telemetry = running;
    }

    @TearDown
    public void end() {
        if (telemetry != null) {
            telemetry.close();
        }
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long exchange() {
        return loop.submit(this::batch).syncUninterruptibly().getNow();
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
        ExchangeObserver told = observer;
        Exchange exchange =
                new Exchange(Direction.OUTBOUND, "outbound/cart.shop/80", Protocol.HTTP1, 1_000_000_000L, n);
        exchange.request(Protocol.HTTP1, "GET", "/items/7", "cart.shop", "http");
        exchange.trace(TraceContext.root(random), 0);
        exchange.routed(routes.get(Math.floorMod(n, ROUTES)));
        exchange.cluster(cluster);
        if (told != null) {
            told.started(exchange);
        }
        Attempt attempt = exchange.nextAttempt(1, n + 1L);
        attempt.picked(endpoint, 1.0, null, 0);
        exchange.peer(endpoint.workload(), endpoint.workload().identity(), true);
        attempt.connected(n + 2L, true);
        attempt.firstByte(n + 3L);
        exchange.status(200);
        attempt.ended(n + 500_000L + random.nextInt(5_000_000), Fate.SERVED, 200);
        exchange.end(Fate.SERVED, attempt.endNanos());
        if (told != null) {
            told.ended(exchange);
        }
        return exchange;
    }
}
