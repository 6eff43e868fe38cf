package io.tracery.load.search;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.tracing.Vocabulary;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * Whole traces of a shop, as the pipeline hands them on: what two sidecars say of each call, see {@code docs/spans.md}. Ids, times, sizes, costs,
 * stages and users are random, the rest is what a shop repeats.
 */
final class StoredTraces {

    private static final int USERS = 100_000;
    private static final int CLIENT_FLAGS = 0x101;
    private static final int SERVER_FLAGS = 0x301;

    private final Random random;
    private final Map<String, Resource> resources = new HashMap<>();
    private final Map<String, ByteString> trunks = new HashMap<>();

    // The trace that is being made.
    private final Map<String, ResourceSpans.Builder> services = new LinkedHashMap<>();
    private ByteString traceId = ByteString.EMPTY;
    private int user;

    StoredTraces(long seed) {
        this.random = new Random(seed);
    }

    /** A call that was made: the caller waited until {@code end}, what it caused has {@code server} for a parent. */
    private record Call(ByteString server, long start, long end) {}

    /** One trace of 5 to 17 spans that begins at a time, Unix nanoseconds; all of it one record. */
    TracesData next(long start) {
        services.clear();
        traceId = id(16);
        user = random.nextInt(USERS);
        int kind = random.nextInt(10);
        if (kind < 5) {
            Call front = arrival("GET", "/", start);
            Call catalog = call("front", "catalog", "GET", "/products", after(front), front);
            call("front", "reco", "GET", "/recommendations/" + user, catalog.end, front);
        } else if (kind < 8) {
            Call front = arrival("GET", "/cart", start);
            Call cart = call("front", "cart", "GET", "/cart/" + user, after(front), front);
            call("cart", "kv", "GET", "/get/cart-" + user, after(cart), cart);
        } else {
            checkout(start);
        }
        TracesData.Builder data = TracesData.newBuilder();
        services.values().forEach(data::addResourceSpans);
        return data.build();
    }

    private void checkout(long start) {
        Call front = arrival("POST", "/checkout", start);
        Call checkout = call("front", "checkout", "POST", "/checkout/" + user, after(front), front);
        long at = after(checkout);
        for (String service : new String[] {"cart", "catalog", "shipping", "payment", "mail"}) {
            Call called = call("checkout", service, "POST", "/" + service + "/" + user, at, checkout);
            if (service.equals("cart")) {
                call("cart", "kv", "GET", "/get/cart-" + user, after(called), called);
            }
            at = called.end + micros(100 + random.nextInt(400));
        }
        call("payment", "kv", "PUT", "/put/paid-" + user, at, checkout);
    }

    private long after(Call call) {
        return call.start + micros(100 + random.nextInt(300));
    }

    /** From a browser, which no sidecar stands beside. */
    private Call arrival(String method, String path, long start) {
        return serve("gateway", "front", method, path, start, start + lasting(), ByteString.EMPTY);
    }

    private Call call(String caller, String called, String method, String path, long start, Call cause) {
        long end = start + lasting();
        Span.Builder span = begin(cause.server, Span.SpanKind.SPAN_KIND_CLIENT, CLIENT_FLAGS, start, end);
        boolean failed = random.nextInt(100) == 0;
        add(caller, finish(span, "client", called, method, path, failed));
        return serve(caller, called, method, path, start + micros(60), end - micros(50), span.getSpanId());
    }

    private Call serve(
            String caller, String called, String method, String path, long start, long end, ByteString parent) {
        Span.Builder span = begin(parent, Span.SpanKind.SPAN_KIND_SERVER, SERVER_FLAGS, start, end);
        add(called, finish(span, "server", caller, method, path, random.nextInt(200) == 0));
        return new Call(span.getSpanId(), start, end);
    }

    private long lasting() {
        return micros(300) + (long) (Math.exp(random.nextGaussian() + 1) * micros(300)) + random.nextInt(1_000);
    }

    private Span.Builder begin(ByteString parent, Span.SpanKind kind, int flags, long start, long end) {
        return Span.newBuilder()
                .setTraceId(traceId)
                .setSpanId(id(8))
                .setParentSpanId(parent)
                .setKind(kind)
                .setFlags(flags)
                .setStartTimeUnixNano(start)
                .setEndTimeUnixNano(end);
    }

    /** What such calls have in common is made once, and as bytes: making traces must not cost more than storing them. */
    private Span finish(Span.Builder span, String side, String peer, String method, String path, boolean failed) {
        String route = path.replaceAll("\\d+", "{id}");
        String kind = side + ' ' + peer + ' ' + method + ' ' + route + ' ' + failed;
        ByteString trunk = trunks.computeIfAbsent(
                kind,
                unseen -> trunk(side.equals("client"), peer, method, route, failed)
                        .toByteString());
        long nanos = span.getEndTimeUnixNano() - span.getStartTimeUnixNano();
        int queue = random.nextInt(40);
        int transfer = random.nextInt(60);
        span.addAttributes(text(Vocabulary.URL_PATH, path))
                .addAttributes(number(Vocabulary.STAGE_QUEUE_MICROS, queue))
                .addAttributes(number(Vocabulary.STAGE_CONNECT_MICROS, 0))
                .addAttributes(
                        number(Vocabulary.STAGE_FIRST_BYTE_MICROS, Math.max(0, nanos / 1_000 - queue - transfer)))
                .addAttributes(number(Vocabulary.STAGE_TRANSFER_MICROS, transfer))
                .addAttributes(number(Vocabulary.BYTES_RECEIVED, method.equals("GET") ? 0 : 180 + random.nextInt(200)))
                .addAttributes(number(Vocabulary.BYTES_SENT, 300 + random.nextInt(3_000)));
        if (side.equals("client")) {
            pick(span, peer);
        }
        try {
            return span.mergeFrom(trunk).build();
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new IllegalStateException("a span's trunk is one", e);
        }
    }

    private static Span trunk(boolean client, String peer, String method, String route, boolean failed) {
        Span.Builder span = Span.newBuilder()
                .setName(method + ' ' + route)
                .addAttributes(text(Vocabulary.HTTP_METHOD, method))
                .addAttributes(text(Vocabulary.URL_SCHEME, "http"))
                .addAttributes(text(Vocabulary.SERVER_ADDRESS, client ? peer + ".shop" : "127.0.0.1"))
                .addAttributes(number(Vocabulary.SERVER_PORT, 8080))
                .addAttributes(text(Vocabulary.NETWORK_PROTOCOL_VERSION, "1.1"))
                .addAttributes(number(Vocabulary.HTTP_STATUS, failed ? 503 : 200))
                .addAttributes(text(Vocabulary.HTTP_ROUTE, route))
                .addAttributes(text(Vocabulary.ROUTE, client ? "shop/" + peer + "/0" : "inbound/21003"))
                .addAttributes(text(Vocabulary.CLUSTER, client ? "outbound/" + peer + ".shop/8080" : "inbound/21003"));
        if (client) {
            span.addAttributes(text(Vocabulary.NETWORK_PEER_ADDRESS, "127.0.0.1"))
                    .addAttributes(number(Vocabulary.NETWORK_PEER_PORT, port(peer)));
        }
        span.addAttributes(text(Vocabulary.PEER_NAME, peer))
                .addAttributes(text(Vocabulary.PEER_NAMESPACE, "shop"))
                .addAttributes(text(Vocabulary.PEER_VERSION, "v1"))
                .addAttributes(text(Vocabulary.PEER_IDENTITY, "spiffe://tracery.local/ns/shop/sa/" + peer))
                .addAttributes(text(Vocabulary.TLS, Vocabulary.TLS_MUTUAL))
                .addAttributes(text(Vocabulary.FATE, failed ? "app_error" : "served"));
        if (failed) {
            span.addAttributes(text(Vocabulary.ERROR_TYPE, "app_error"));
            span.getStatusBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR);
        }
        return span.build();
    }

    private void pick(Span.Builder span, String peer) {
        span.addEventsBuilder()
                .setTimeUnixNano(span.getStartTimeUnixNano())
                .setName(Vocabulary.EVENT_PICK)
                .addAttributes(number(Vocabulary.ATTEMPT, 1))
                .addAttributes(text(Vocabulary.PICK_ENDPOINT, "127.0.0.1:" + port(peer)))
                .addAttributes(cost(Vocabulary.PICK_COST_MILLIS))
                .addAttributes(text(Vocabulary.PICK_OTHER, "127.0.0.1:" + (port(peer) + 100)))
                .addAttributes(cost(Vocabulary.PICK_OTHER_COST_MILLIS))
                .addAttributes(text(Vocabulary.PICK_REASON, "cost"));
    }

    private static int port(String service) {
        return 21_000 + service.hashCode() % 97;
    }

    private void add(String service, Span span) {
        services.computeIfAbsent(service, this::batch).getScopeSpansBuilder(0).addSpans(span);
    }

    private ResourceSpans.Builder batch(String service) {
        ResourceSpans.Builder batch =
                ResourceSpans.newBuilder().setResource(resources.computeIfAbsent(service, StoredTraces::resource));
        batch.addScopeSpansBuilder().getScopeBuilder().setName(Vocabulary.SCOPE).setVersion("0.1.0");
        return batch;
    }

    private static Resource resource(String service) {
        return Resource.newBuilder()
                .addAttributes(text(Vocabulary.SERVICE_NAME, service))
                .addAttributes(text(Vocabulary.SERVICE_NAMESPACE, "shop"))
                .addAttributes(text(Vocabulary.SERVICE_VERSION, "v1"))
                .addAttributes(text(Vocabulary.SERVICE_INSTANCE_ID, "sidecar~shop/" + service + "-1"))
                .addAttributes(text(Vocabulary.IDENTITY, "spiffe://tracery.local/ns/shop/sa/" + service))
                .addAttributes(text(Vocabulary.KEEP_REASON, "share"))
                .build();
    }

    private ByteString id(int length) {
        ByteBuffer id = ByteBuffer.allocate(length);
        while (id.hasRemaining()) {
            id.putLong(random.nextLong());
        }
        return ByteString.copyFrom(id.array());
    }

    private static long micros(long micros) {
        return micros * 1_000;
    }

    private static KeyValue text(String key, String value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setStringValue(value))
                .build();
    }

    private static KeyValue number(String key, long value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setIntValue(value))
                .build();
    }

    /** To a ten-thousandth, as a sidecar tells it. */
    private KeyValue cost(String key) {
        long bits = Double.doubleToRawLongBits(Math.abs(random.nextGaussian() + 5));
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setDoubleValue(Double.longBitsToDouble(bits & -(1L << 40))))
                .build();
    }
}
