package io.tracery.load.benchmark;

import io.tracery.controlplane.api.tap.Filter;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.ExchangeObserver;
import io.tracery.proxy.route.Route;
import io.tracery.proxy.telemetry.Tap;
import io.tracery.proxy.telemetry.TapFilter;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A look at five hundred exchanges, nearly as many as are remembered, as a tap takes one every 50 ms. An exchange itself costs the same whether
 * somebody taps or not: it is remembered in any case, see {@link ExchangeTelemetryBenchmark}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class TapBenchmark {

    private static final int REMEMBERED = 500;
    private static final int MOST = 100;

    /** {@code all} match, of which a page shows a hundred, or {@code none} does. */
    @Param({"all", "none"})
    public String matching = "all";

    private @Nullable Telemetry telemetry;
    private @Nullable Tap tap;
    private TapFilter filter = new TapFilter(Filter.getDefaultInstance());

    @Setup
    public void remember() {
        Telemetry running = new Telemetry("spans");
        running.on(() -> {
            SplittableRandom random = new SplittableRandom(1);
            Route route = Cart.route("shop/cart/0");
            ExchangeObserver observer = running.observer();
            for (int i = 0; i < REMEMBERED; i++) {
                Exchange exchange = Exchanges.begun(route, random, i);
                observer.started(exchange);
                Exchanges.answered(exchange, random, i);
                observer.ended(exchange);
            }
            return true;
        });
        tap = running.tap();
        while (tap.next() < REMEMBERED) {
            Thread.onSpinWait();
        }
        int remembered = tap.from(0, REMEMBERED).size();
        if (remembered < REMEMBERED) {
            throw new IllegalStateException(remembered + " are remembered, not " + REMEMBERED);
        }
        telemetry = running;
        filter = new TapFilter(Filter.newBuilder()
                .setStatus(matching.equals("none") ? "404" : "")
                .build());
    }

    @TearDown
    public void close() {
        Objects.requireNonNull(telemetry).close();
    }

    @Benchmark
    public String look() throws InterruptedException {
        return Objects.requireNonNull(tap).look(filter, /* from= */ 0, MOST, /* patienceMillis= */ 0);
    }
}
