package io.tracery.load.benchmark;

import io.tracery.proxy.exchange.Attempt;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.Endpoint;
import io.tracery.proxy.mesh.Workload;
import io.tracery.proxy.route.Route;
import io.tracery.proxy.telemetry.SpanEncoder;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.otlp.AttributeSet;
import io.tracery.tracing.otlp.Key;
import io.tracery.tracing.otlp.TracesEncoder;
import io.tracery.tracing.span.Fate;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to write an exchange as a span and to compress it as Kafka's client does, for a sidecar with calls in both
 * directions; and how many bytes that makes, of one span and with the batch's beginning shared among all.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class SpanEncoderBenchmark {

    /** About what a busy sidecar puts into one record. */
    private static final int BATCH = 128;

    private static final int BATCHES = 64;
    private static final byte RECORD_FORMAT = 2;
    private static final String[] PATHS = {"/", "/items/7", "/cart", "/checkout"};

    /** How the batch is compressed: {@code none}, {@code lz4}, or {@code zstd} at the level that the proxy uses. */
    @Param({"none", "lz4", "zstd"})
    public String compression = "none";

    private final SplittableRandom random = new SplittableRandom(1);
    private final List<Endpoint> endpoints = IntStream.range(0, 3)
            .mapToObj(i -> Cart.endpoint(21001 + i, Cart.IDENTITY))
            .toList();
    private final Cluster cluster = Cart.cluster(endpoints.toArray(Endpoint[]::new));
    private final Cluster application = Cart.cluster(
            "inbound/20003", new Endpoint(new InetSocketAddress("127.0.0.1", 20003), Workload.UNKNOWN, 1, ""));
    private final Route outward = Cart.route("shop/cart/0");
    private final Route inward = Cart.route("inbound/21003", application.name());
    private final TracesEncoder traces = new TracesEncoder(
            AttributeSet.builder()
                    .put(Key.of("service.name"), "front")
                    .put(Key.of("service.namespace"), "shop")
                    .put(Key.of("service.version"), "v1")
                    .put(Key.of("service.instance.id"), "sidecar~shop/front-1")
                    .put(Key.of("tracery.identity"), "spiffe://tracery.local/ns/shop/sa/front")
                    .build(),
            new io.tracery.tracing.otlp.Scope("io.tracery.proxy", ""));
    private final SpanEncoder encoder = new SpanEncoder(traces, random);
    private final Exchange[] exchanges = IntStream.range(0, BATCH * BATCHES)
            .mapToObj(i -> i % 2 == 0 ? inbound(i) : outbound(i))
            .toArray(Exchange[]::new);
    private final ByteBufferOutputStream target = new ByteBufferOutputStream(256 * 1024);
    private TraceContext last = TraceContext.root(random);
    private int next;

    /** Bytes of one span, mean of the last batch; JMH adds up what each iteration says. */
    @AuxCounters(AuxCounters.Type.EVENTS)
    @State(Scope.Thread)
    public static class Sizes {
        public long bytesPerSpan;
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void span(Sizes sizes) throws IOException {
        for (int i = 0; i < BATCH; i++) {
            encoder.encode(exchanges[next++ & (BATCH * BATCHES - 1)]);
        }
        byte[] batch = traces.finish();
        sizes.bytesPerSpan = compressed(batch) / BATCH;
    }

    private int compressed(byte[] batch) throws IOException {
        if (compression.equals("none")) {
            return batch.length;
        }
        target.buffer().clear();
        Compression how = compression.equals("lz4")
                ? Compression.lz4().build()
                : Compression.zstd().level(-1).build();
        try (OutputStream out = how.wrapForOutput(target, RECORD_FORMAT)) {
            out.write(batch);
        }
        return target.position();
    }

    private Exchange inbound(int i) {
        last = TraceContext.root(random);
        Exchange exchange = begin(Direction.INBOUND, "inbound/21003", i, last.child(random), last.spanId(), inward);
        exchange.cluster(application);
        exchange.peer(
                new Workload("shop", "gate", "", "spiffe://tracery.local/ns/shop/sa/gate"),
                "spiffe://tracery.local/ns/shop/sa/gate",
                true);
        Attempt attempt = exchange.nextAttempt(1, i + random.nextInt(30_000));
        attempt.picked(application.endpoints().getFirst(), random.nextDouble() * 10, null, 0);
        last = exchange.trace() == null ? last : exchange.trace();
        return end(exchange, attempt);
    }

    private Exchange outbound(int i) {
        Exchange exchange = begin(Direction.OUTBOUND, Cart.NAME, i, last.child(random), last.spanId(), outward);
        exchange.cluster(cluster);
        Endpoint chosen = endpoints.get(random.nextInt(3));
        exchange.peer(chosen.workload(), chosen.workload().identity(), true);
        Attempt attempt = exchange.nextAttempt(1, i + random.nextInt(30_000));
        attempt.picked(chosen, random.nextDouble() * 10, endpoints.get(random.nextInt(3)), random.nextDouble() * 20);
        attempt.pickedFor("cost", 0);
        return end(exchange, attempt);
    }

    private Exchange begin(Direction direction, String listener, int i, TraceContext own, long parent, Route route) {
        long start = 1_790_000_000_000_000_000L + i * 1_000_000L + random.nextInt(1_000_000);
        Exchange exchange = new Exchange(direction, listener, Protocol.HTTP1, start, i);
        String path = PATHS[random.nextInt(PATHS.length)];
        exchange.request(Protocol.HTTP1, "GET", path, "cart.shop:80", "http");
        exchange.trace(own, parent);
        exchange.routed(route);
        return exchange;
    }

    private Exchange end(Exchange exchange, Attempt attempt) {
        attempt.connected(attempt.startNanos(), true);
        attempt.firstByte(attempt.startNanos() + 200_000 + random.nextInt(3_000_000));
        exchange.status(200);
        exchange.sent(200 + random.nextInt(1000));
        long end = attempt.startNanos() + attempt.firstByteNanos() + random.nextInt(200_000);
        attempt.ended(end, Fate.SERVED, 200);
        exchange.end(Fate.SERVED, end);
        return exchange;
    }
}
