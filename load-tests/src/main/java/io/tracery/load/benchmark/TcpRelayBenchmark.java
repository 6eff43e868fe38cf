package io.tracery.load.benchmark;

import io.netty.buffer.ByteBuf;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.tcp.TcpRelay;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A connection's bytes passed on: 16 KiB from the client to the endpoint, and 16 KiB back, without the sockets. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-XX:+UseSerialGC", "-Dio.netty.leakDetection.level=disabled"})
public class TcpRelayBenchmark {

    private static final int BYTES = 16 * 1024;

    private final ByteBuf said = Bytes.zeros(BYTES);
    private MemorySocket client = new MemorySocket();
    private MemorySocket upstream = new MemorySocket();
    private @Nullable MemoryLoop loop;

    @Setup
    public void connect() throws Exception {
        MemoryLoop made = new MemoryLoop(new Listener.Handler.Tcp(ClusterSplit.to(Cart.NAME)), MemoryLoop.NOBODY);
        made.client.pipeline().addLast(new TcpRelay(made.downstream));
        client = made.client;
        upstream = made.upstream();
        loop = made;
    }

    @TearDown
    public void close() {
        Objects.requireNonNull(loop).close();
    }

    @Benchmark
    public int thereAndBack() {
        client.read(said);
        upstream.read(said);
        return upstream.takeWritten(BYTES) + client.takeWritten(BYTES);
    }
}
