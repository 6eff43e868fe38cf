package io.tracery.load.benchmark;

import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.telemetry.AccessLog;
import io.tracery.proxy.telemetry.AccessLogConfig;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One line of the access log, and its share of a write of 64 lines to {@code /dev/null}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class AccessLogBenchmark {

    private static final int LINES = 64;

    private final SplittableRandom random = new SplittableRandom(1);
    private final Exchange exchange = Exchanges.begun(Cart.route("shop/cart/0"), random, 0);
    private final AccessLog log = new AccessLog(new AccessLogConfig("/dev/null", 100));

    @Setup
    public void answer() {
        Exchanges.answered(exchange, random, 0);
    }

    @TearDown
    public void close() {
        log.close();
    }

    @Benchmark
    @OperationsPerInvocation(LINES)
    public void line() {
        for (int i = 0; i < LINES; i++) {
            log.write(exchange);
        }
        log.flush(System.nanoTime());
    }
}
