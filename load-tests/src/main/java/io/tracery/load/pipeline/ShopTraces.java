package io.tracery.load.pipeline;

import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.otlp.AttributeSet;
import io.tracery.tracing.otlp.Key;
import io.tracery.tracing.otlp.Scope;
import io.tracery.tracing.otlp.TracesEncoder;
import io.tracery.tracing.span.SpanKind;
import io.tracery.tracing.span.SpanStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Traces like the demo shop's checkout, as sidecars send them: nineteen exchanges' spans in nine workloads, each workload's
 * batch with the spans of the same fifty traces. One trace in fifty fails, one in fifty is slow. The same for the same seed.
 */
public final class ShopTraces {

    /** Traces that one round of batches holds. */
    static final int TRACES_PER_ROUND = 50;

    private static final int ONE_IN = 50;
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int PORT = 80;

    private static final Key METHOD = Key.of(Vocabulary.HTTP_METHOD);
    private static final Key SCHEME = Key.of(Vocabulary.URL_SCHEME);
    private static final Key PATH = Key.of(Vocabulary.URL_PATH);
    private static final Key ROUTE_ATTRIBUTE = Key.of(Vocabulary.HTTP_ROUTE);
    private static final Key STATUS = Key.of(Vocabulary.HTTP_STATUS);
    private static final Key SERVER_ADDRESS = Key.of(Vocabulary.SERVER_ADDRESS);
    private static final Key SERVER_PORT = Key.of(Vocabulary.SERVER_PORT);
    private static final Key PEER_ADDRESS = Key.of(Vocabulary.NETWORK_PEER_ADDRESS);
    private static final Key PEER_PORT = Key.of(Vocabulary.NETWORK_PEER_PORT);
    private static final Key HTTP_VERSION = Key.of(Vocabulary.NETWORK_PROTOCOL_VERSION);
    private static final Key PEER_NAMESPACE = Key.of(Vocabulary.PEER_NAMESPACE);
    private static final Key PEER_NAME = Key.of(Vocabulary.PEER_NAME);
    private static final Key PEER_IDENTITY = Key.of(Vocabulary.PEER_IDENTITY);
    private static final Key TLS = Key.of(Vocabulary.TLS);
    private static final Key FATE = Key.of(Vocabulary.FATE);
    private static final Key ERROR_TYPE = Key.of(Vocabulary.ERROR_TYPE);
    private static final Key ATTEMPTS = Key.of(Vocabulary.ATTEMPTS);
    private static final Key QUEUE = Key.of(Vocabulary.STAGE_QUEUE_MICROS);
    private static final Key FIRST_BYTE = Key.of(Vocabulary.STAGE_FIRST_BYTE_MICROS);
    private static final Key TRANSFER = Key.of(Vocabulary.STAGE_TRANSFER_MICROS);
    private static final Key RECEIVED = Key.of(Vocabulary.BYTES_RECEIVED);
    private static final Key SENT = Key.of(Vocabulary.BYTES_SENT);
    private static final Key CLUSTER = Key.of(Vocabulary.CLUSTER);
    private static final Key MESH_ROUTE = Key.of(Vocabulary.ROUTE);
    private static final Key ATTEMPT = Key.of(Vocabulary.ATTEMPT);
    private static final Key PICKED = Key.of(Vocabulary.PICK_ENDPOINT);
    private static final Key COST = Key.of(Vocabulary.PICK_COST_MILLIS);
    private static final Key OTHER = Key.of(Vocabulary.PICK_OTHER);
    private static final Key OTHER_COST = Key.of(Vocabulary.PICK_OTHER_COST_MILLIS);
    private static final Key REASON = Key.of(Vocabulary.PICK_REASON);

    /** Who calls whom; the first is the client's request. */
    private static final List<Call> CALLS = List.of(
            new Call("", "front", "/checkout", 0),
            new Call("front", "checkout", "/checkout/17", 1),
            new Call("checkout", "cart", "/cart/17", 2),
            new Call("cart", "kv", "/get/17", 3),
            new Call("checkout", "payment", "/charge", 2),
            new Call("payment", "risk", "/score", 3),
            new Call("checkout", "shipping", "/quote", 2),
            new Call("front", "reco", "/reco/17", 1),
            new Call("reco", "catalog", "/items", 2),
            new Call("catalog", "kv", "/get/items", 3));

    /** Spans of one trace: the first call is seen by its receiver alone, the others by both ends. */
    static final int SPANS_PER_TRACE = 2 * CALLS.size() - 1;

    private final RandomGenerator random;
    private final List<Workload> workloads =
            CALLS.stream().map(Call::to).distinct().map(Workload::new).toList();

    private record Call(String from, String to, String path, int depth) {}

    /** One batch as a proxy writes it to {@code mesh_spans}. */
    static final class Batch {
        private final byte[] key;
        private final byte[] spans;

        private Batch(byte[] key, byte[] spans) {
            this.key = key;
            this.spans = spans;
        }

        byte[] key() {
            return key;
        }

        byte[] spans() {
            return spans;
        }
    }

    private static final class Workload {
        private final String name;
        private final byte[] key;
        private final TracesEncoder encoder;

        Workload(String name) {
            this.name = name;
            this.key = ("sidecar~shop/" + name + "-1").getBytes(StandardCharsets.US_ASCII);
            AttributeSet resource = AttributeSet.builder()
                    .put(Key.of(Vocabulary.SERVICE_NAME), name)
                    .put(Key.of(Vocabulary.SERVICE_NAMESPACE), "shop")
                    .put(Key.of(Vocabulary.SERVICE_VERSION), "v1")
                    .put(Key.of(Vocabulary.SERVICE_INSTANCE_ID), "sidecar~shop/" + name + "-1")
                    .put(Key.of(Vocabulary.IDENTITY), "spiffe://tracery.local/ns/shop/sa/" + name)
                    .build();
            this.encoder = new TracesEncoder(resource, new Scope(Vocabulary.SCOPE, "0.1.0"));
        }
    }

    ShopTraces(long seed) {
        this.random = new Random(seed);
    }

    /**
     * The batches of the next fifty traces, one of each workload.
     *
     * @param endNanos Unix time at which the roots ended
     */
    List<Batch> round(long endNanos) {
        for (int i = 0; i < TRACES_PER_ROUND; i++) {
            trace(endNanos);
        }
        List<Batch> batches = new ArrayList<>();
        for (Workload workload : workloads) {
            batches.add(new Batch(workload.key, workload.encoder.finish()));
        }
        return batches;
    }

    private void trace(long endNanos) {
        boolean failed = random.nextInt(ONE_IN) == 0;
        long slower = random.nextInt(ONE_IN) == 0 ? SLOW_NANOS : 0;
        TraceContext root = TraceContext.root(random);
        long[] servers = new long[CALLS.size()];
        for (int i = 0; i < CALLS.size(); i++) {
            Call call = CALLS.get(i);
            long duration = STEP_NANOS * (4 - call.depth) + random.nextLong(STEP_NANOS) + (call.depth < 2 ? slower : 0);
            Times times = new Times(endNanos - STEP_NANOS * call.depth - duration, endNanos - STEP_NANOS * call.depth);
            boolean fails = failed && call.depth < 2;
            if (call.from.isEmpty()) {
                servers[i] = root.spanId();
                span(workload(call.to), new Place(root, 0), SpanKind.SERVER, call, times, fails);
            } else {
                TraceContext client = root.child(random);
                TraceContext server = root.child(random);
                servers[i] = server.spanId();
                span(
                        workload(call.from),
                        new Place(client, parent(servers, call)),
                        SpanKind.CLIENT,
                        call,
                        times,
                        fails);
                span(workload(call.to), new Place(server, client.spanId()), SpanKind.SERVER, call, times, fails);
            }
        }
    }

    /** The span of whoever calls, where it was called itself. */
    private static long parent(long[] servers, Call call) {
        for (int i = 0; i < servers.length; i++) {
            if (CALLS.get(i).to.equals(call.from)) {
                return servers[i];
            }
        }
        throw new IllegalStateException("nobody calls " + call.from);
    }

    private Workload workload(String name) {
        return workloads.stream()
                .filter(workload -> workload.name.equals(name))
                .findFirst()
                .orElseThrow();
    }

    private record Times(long start, long end) {}

    private record Place(TraceContext self, long parent) {}

    private void span(Workload of, Place place, SpanKind kind, Call call, Times times, boolean failed) {
        TracesEncoder out = of.encoder;
        boolean outbound = kind == SpanKind.CLIENT;
        String path = call.path.replaceAll("\\d+", "{id}");
        String route = outbound ? "shop/" + call.to + "/0" : "inbound/21003";
        String peer = outbound ? call.to : call.from;
        out.beginSpan(place.self, place.parent, times.start, times.end);
        out.name("GET " + path, kind);
        out.attribute(METHOD, "GET");
        out.attribute(SCHEME, "http");
        out.attribute(SERVER_ADDRESS, call.to);
        out.attribute(SERVER_PORT, PORT);
        out.attribute(HTTP_VERSION, "1.1");
        out.attribute(STATUS, failed ? 503 : 200);
        out.attribute(ROUTE_ATTRIBUTE, path);
        if (outbound) {
            out.attribute(PEER_ADDRESS, "127.0.0.1");
            out.attribute(PEER_PORT, 21_003);
        }
        if (!peer.isEmpty()) {
            out.attribute(PEER_NAMESPACE, "shop");
            out.attribute(PEER_NAME, peer);
            out.attribute(PEER_IDENTITY, "spiffe://tracery.local/ns/shop/sa/" + peer);
        }
        out.attribute(TLS, peer.isEmpty() ? Vocabulary.TLS_NONE : Vocabulary.TLS_MUTUAL);
        out.attribute(FATE, failed ? "app_error" : "served");
        if (failed) {
            out.attribute(ERROR_TYPE, "503");
        }
        out.attribute(ATTEMPTS, 1);
        out.attribute(PATH, call.path);
        out.attribute(QUEUE, random.nextInt(100));
        out.attribute(FIRST_BYTE, random.nextInt(10_000));
        out.attribute(TRANSFER, random.nextInt(1_000));
        out.attribute(RECEIVED, random.nextInt(500));
        out.attribute(SENT, random.nextInt(5_000));
        if (outbound) {
            out.attribute(MESH_ROUTE, route);
            out.attribute(CLUSTER, "outbound/" + call.to + ".shop/80");
            pick(out, times.start);
        }
        out.outcome(
                failed ? SpanStatus.ERROR : SpanStatus.UNSET,
                place.self.flags(),
                place.parent == 0 ? TracesEncoder.Parent.LOCAL : TracesEncoder.Parent.REMOTE);
        out.endSpan();
    }

    private void pick(TracesEncoder out, long atNanos) {
        out.beginEvent(atNanos, Vocabulary.EVENT_PICK);
        out.attribute(ATTEMPT, 1);
        out.attribute(PICKED, "127.0.0.1:21003");
        out.attribute(COST, random.nextDouble() * 10);
        out.attribute(OTHER, "127.0.0.1:21004");
        out.attribute(OTHER_COST, random.nextDouble() * 10);
        out.attribute(REASON, "cost");
        out.endEvent();
    }
}
