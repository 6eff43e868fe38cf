package io.tracery.load.benchmark;

import io.netty.handler.codec.http.HttpObject;
import io.netty.util.ReferenceCountUtil;
import io.tracery.proxy.balance.EndpointLoad;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.upstream.Lease;
import io.tracery.proxy.upstream.UpstreamFailure;
import io.tracery.proxy.upstream.UpstreamPool;
import io.tracery.proxy.upstream.UpstreamPool.Freshness;
import io.tracery.proxy.upstream.UpstreamPool.Taker;
import java.util.Objects;
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

/** A connection to an endpoint, or a stream of one, taken from its pool and given back: one is there and free. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-XX:+UseSerialGC", "-Dio.netty.leakDetection.level=disabled"})
public class UpstreamPoolBenchmark {

    /** {@code http1} lends connections, {@code http2} streams. */
    @Param({"http1", "http2"})
    public String protocol = "http1";

    private final Borrower borrower = new Borrower();
    private @Nullable MemoryLoop loop;
    private @Nullable UpstreamPool pool;

    /** Who wants a connection, and nothing of it. */
    private static final class Borrower implements Taker {

        private @Nullable Lease lease;

        @Override
        public void ready(Lease lent) {
            lease = lent;
        }

        @Override
        public void failed(UpstreamFailure failure) {
            throw new IllegalStateException(failure);
        }

        @Override
        public void received(HttpObject piece) {
            ReferenceCountUtil.release(piece);
        }

        @Override
        public void readComplete() {}

        @Override
        public void writabilityChanged() {}

        @Override
        public void closed(Closing how) {}
    }

    @Setup
    public void connect() throws Exception {
        MemoryLoop made = new MemoryLoop(new Listener.Handler.Tcp(ClusterSplit.to(Cart.NAME)), MemoryLoop.NOBODY);
        EndpointLoad load = made.cluster().balancer().loads().getFirst();
        UpstreamPool of = protocol.equals("http2")
                ? made.cluster().http2(load)
                : made.cluster().http1(load);
        of.acquire(borrower, Freshness.ANY);
        MemorySocket upstream = made.upstream();
        if (protocol.equals("http2")) {
            upstream.read(Frames.settings());
        }
        Objects.requireNonNull(borrower.lease).release();
        loop = made;
        pool = of;
    }

    @TearDown
    public void close() {
        Objects.requireNonNull(loop).close();
    }

    @Benchmark
    public boolean leaseAndGiveBack() {
        Objects.requireNonNull(pool).acquire(borrower, Freshness.ANY);
        Lease lease = Objects.requireNonNull(borrower.lease);
        lease.release();
        return lease.reused();
    }
}
