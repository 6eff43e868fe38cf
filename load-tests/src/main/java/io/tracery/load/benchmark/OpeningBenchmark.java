package io.tracery.load.benchmark;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tracery.proxy.data.Opening;
import java.util.concurrent.TimeUnit;
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

/** What {@code OpeningDetector} makes of a client's first bytes, where a port's protocol is not declared. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class OpeningBenchmark {

    /** What the client speaks. */
    @Param({"http_1", "http_2", "tls", "opaque"})
    public String spoken = "http_1";

    private ByteBuf first = Unpooled.EMPTY_BUFFER;

    @Setup
    public void speak() {
        first = switch (spoken) {
            case "http_1" -> Bytes.lines("GET /orders/7?full=1 HTTP/1.1\nhost: checkout:8080\n\n");
            case "http_2" -> Bytes.lines("PRI * HTTP/2.0\n\nSM\n\n");
            case "tls" -> ClientHelloBenchmark.hello("checkout.shop");
            default -> Bytes.lines("*2\n$3\nGET\n$7\norder:7\n");
        };
        String found = Opening.of(first).label();
        if (!found.equals(spoken)) {
            throw new IllegalStateException(spoken + " was taken for " + found);
        }
    }

    @Benchmark
    public Opening find() {
        return Opening.of(first);
    }
}
