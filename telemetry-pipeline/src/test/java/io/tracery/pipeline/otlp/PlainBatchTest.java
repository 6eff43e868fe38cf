package io.tracery.pipeline.otlp;

import static io.tracery.pipeline.otlp.Batches.TRACE_A;
import static io.tracery.pipeline.otlp.Batches.attribute;
import static io.tracery.pipeline.otlp.Batches.span;
import static io.tracery.pipeline.otlp.Batches.spans;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A batch is cut where it stands only where protobuf and {@link SpanSplitter} would have come to the same. */
class PlainBatchTest {

    private static final PlainBatch.Bounds BOUNDS = new PlainBatch.Bounds(4, 100_000);
    private static final long SEED = 41;
    private static final int MUTATIONS = 20_000;

    private final Random random = new Random(SEED);

    @Test
    void cutsByPartitionWhatSidecarsWrite() throws InvalidProtocolBufferException {
        TracesData batch = batch(50);
        PlainBatch plain = Objects.requireNonNull(cut(batch.toByteArray()));
        assertThat(plain.spans()).isEqualTo(50);
        assertThat(parts(plain)).isEqualTo(splitter(batch)).hasSize(4);
    }

    @Test
    void leavesAloneWhatMustBeMendedOrToldOf() {
        Span usual = span(TRACE_A, "00f067aa0ba902b1").build();
        assertThat(cut(of(usual))).isNotNull();
        assertThat(List.of(
                        usual.toBuilder()
                                .setName("x".repeat(SpanMender.MOST_NAME + 1))
                                .build(),
                        usual.toBuilder().setName("é").build(),
                        usual.toBuilder()
                                .setSpanId(ByteString.copyFrom(new byte[8]))
                                .build(),
                        usual.toBuilder()
                                .setTraceId(ByteString.copyFrom(new byte[4]))
                                .build(),
                        usual.toBuilder().setParentSpanId(usual.getSpanId()).build(),
                        usual.toBuilder()
                                .addLinks(Span.Link.newBuilder().setTraceId(usual.getTraceId()))
                                .build(),
                        usual.toBuilder()
                                .setStartTimeUnixNano(10)
                                .setEndTimeUnixNano(9)
                                .build(),
                        usual.toBuilder()
                                .setStartTimeUnixNano(Long.MAX_VALUE)
                                .setEndTimeUnixNano(-1)
                                .build(),
                        usual.toBuilder()
                                .addAttributes(attribute("k", "v".repeat(9_000)))
                                .build()))
                .allSatisfy(odd -> assertThat(cut(of(odd))).isNull());
    }

    @Test
    void leavesAloneWhatWouldBecomeTooLarge() {
        byte[] batch = batch(50).toByteArray();
        assertThat(PlainBatch.cut(batch, new PlainBatch.Bounds(4, 1_000), Instant.now()))
                .isNull();
    }

    @Test
    void whateverBytesComeItNeverTakesWhatProtobufWouldNot() throws InvalidProtocolBufferException {
        byte[] batch = batch(6).toByteArray();
        int taken = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] other = batch.clone();
            for (int j = 0; j <= random.nextInt(3); j++) {
                other[random.nextInt(other.length)] = (byte) random.nextInt(256);
            }
            PlainBatch plain = cut(other);
            if (plain != null) {
                taken++;
                TracesData read = TracesData.parseFrom(other);
                assertThat(parts(plain)).as("seed %d, mutation %d", SEED, i).isEqualTo(splitter(read));
            }
        }
        assertThat(taken).isPositive().isLessThan(MUTATIONS);
    }

    private static @Nullable PlainBatch cut(byte[] batch) {
        return PlainBatch.cut(batch, BOUNDS, Instant.now());
    }

    private static byte[] of(Span span) {
        return TracesData.newBuilder()
                .addResourceSpans(spans("cart", span.toBuilder()))
                .build()
                .toByteArray();
    }

    private TracesData batch(int count) {
        TracesData.Builder batch = TracesData.newBuilder();
        for (int i = 0; i < count; i += 2) {
            batch.addResourceSpans(spans("cart", some(), some()));
        }
        return batch.build();
    }

    private Span.Builder some() {
        long start = TimeUnit.SECONDS.toNanos(random.nextInt(1_000_000_000));
        Span.Builder span = span(
                        String.format("%016x%016x", random.nextLong() | 1, random.nextLong()),
                        String.format("%016x", random.nextLong() | 1))
                .setStartTimeUnixNano(start)
                .setEndTimeUnixNano(start + random.nextInt(1_000_000))
                .setTraceState("a=b")
                .setFlags(0x101)
                .addAttributes(attribute("http.route", "/users/{id}"))
                .addEvents(Span.Event.newBuilder()
                        .setTimeUnixNano(start + 1)
                        .setName("tracery.pick")
                        .addAttributes(attribute("tracery.pick.reason", "cost")));
        span.addAttributesBuilder()
                .setKey("http.response.status_code")
                .getValueBuilder()
                .setIntValue(503);
        span.addAttributesBuilder()
                .setKey("tracery.pick.cost_ms")
                .getValueBuilder()
                .setDoubleValue(random.nextDouble());
        span.addAttributesBuilder().setKey("yes").getValueBuilder().setBoolValue(random.nextBoolean());
        span.getStatusBuilder().setCodeValue(random.nextInt(3)).setMessage("why");
        if (random.nextBoolean()) {
            span.setParentSpanId(ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, (byte) random.nextInt(256)}));
        }
        return span;
    }

    /** Spans by partition, each with what stands around it. */
    private static Map<String, List<ResourceSpans>> parts(PlainBatch plain) throws InvalidProtocolBufferException {
        Map<String, List<ResourceSpans>> parts = new HashMap<>();
        for (int i = 0; i < BOUNDS.partitions(); i++) {
            byte[] part = plain.partition(i);
            if (part != null) {
                parts.put(Integer.toString(i), single(TracesData.parseFrom(part)));
            }
        }
        return parts;
    }

    private static Map<String, List<ResourceSpans>> splitter(TracesData batch) {
        SpanSplitter splitter =
                new SpanSplitter(BOUNDS.bytes(), id -> Integer.toString(id.partition(BOUNDS.partitions())));
        Map<String, List<ResourceSpans>> parts = new HashMap<>();
        splitter.split(batch.getResourceSpansList())
                .forEach(chunk -> parts.put(chunk.key(), single((TracesData) chunk.data())));
        assertThat(splitter.drops().total()).isZero();
        assertThat(splitter.flaws()).isEmpty();
        return parts;
    }

    /** However many spans stand in one frame, each is told with its own. */
    private static List<ResourceSpans> single(TracesData data) {
        return data.getResourceSpansList().stream()
                .flatMap(resource -> resource.getScopeSpansList().stream()
                        .flatMap(scope -> scope.getSpansList().stream().map(span -> alone(resource, scope, span))))
                .toList();
    }

    private static ResourceSpans alone(ResourceSpans resource, ScopeSpans scope, Span span) {
        return resource.toBuilder()
                .clearScopeSpans()
                .addScopeSpans(scope.toBuilder().clearSpans().addSpans(span))
                .build();
    }
}
