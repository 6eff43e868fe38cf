package io.tracery.load.benchmark;

import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.context.W3cTraceContext;
import java.util.Objects;
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

/** A trace's context read from a request's head, given a child, and written for the next one. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class TraceContextBenchmark {

    /** What comes beside the trace parent. */
    @Param({"", "vendor=00f067aa0ba902b7,other@tenant=t61rcWkgMzE"})
    public String tracestate = "";

    private final String traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private final SplittableRandom random = new SplittableRandom(1);

    @Benchmark
    public byte[] readAndWrite() {
        TraceContext arrived = Objects.requireNonNull(W3cTraceContext.parse(traceparent, tracestate));
        return W3cTraceContext.traceparentAscii(arrived.child(random));
    }

    @Benchmark
    public byte[] begin() {
        return W3cTraceContext.traceparentAscii(TraceContext.root(random));
    }
}
