package io.tracery.tracing.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.span.SpanKind;
import io.tracery.tracing.span.SpanStatus;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Every batch is compared, byte for byte, with what opentelemetry-proto's own classes write. */
class TracesEncoderTest {

    private static final long SEED = 11;
    private static final Key TEXT = Key.of("text");
    private static final Key NUMBER = Key.of("number");
    private static final Key REAL = Key.of("real");
    private static final Key TRUTH = Key.of("truth");

    private final AttributeSet resource = AttributeSet.builder()
            .put(Key.of("service.name"), "cart")
            .put(Key.of("pid"), 7)
            .build();
    private final TracesEncoder encoder = new TracesEncoder(resource, new Scope("scope", "1.0"));

    @Test
    void anEmptyBatchHasResourceAndScope() {
        assertThat(encoder.finish()).isEqualTo(expected(ScopeSpans.newBuilder()));
    }

    /** Sizes of all kinds: what is nearly full leaves in the same array again and again, what is not or is too large in its own. */
    @Test
    void aFullBatchReadsTheSameAndItsArrayIsUsedAgain() throws Exception {
        TracesEncoder full = TracesEncoder.ofBatches(resource, new Scope("scope", "1.0"), 8_000);
        SplittableRandom random = new SplittableRandom(SEED);
        Set<byte[]> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
        int padded = 0;
        for (int batch = 0; batch < 2_000; batch++) {
            int bound = random.nextInt(10) == 0 ? random.nextInt(8_000) : 8_000;
            while (full.size() < bound) {
                String text = "x".repeat(random.nextInt(100) == 0 ? random.nextInt(12_000) : random.nextInt(300));
                span(full, text);
                span(encoder, text);
            }
            byte[] bytes = full.finish();
            TracesData read = TracesData.parseFrom(bytes);
            assertThat(read.getResourceSpansList())
                    .isEqualTo(TracesData.parseFrom(encoder.finish()).getResourceSpansList());
            assertThat(read.getUnknownFields().asMap().keySet()).isSubsetOf(OtlpFields.DATA_PADDING);
            if (!read.getUnknownFields().asMap().isEmpty()) {
                padded++;
                arrays.add(bytes);
            }
            full.back(bytes);
        }
        assertThat(padded).isGreaterThan(1_000);
        assertThat(arrays).hasSizeLessThan(padded / 4);
    }

    private static void span(TracesEncoder to, String text) {
        TraceContext self = new TraceContext(1, 2, 3, (byte) 3, "");
        to.beginSpan(self, 4, 1_000, 2_000);
        to.name("GET", SpanKind.SERVER);
        to.attribute(TEXT, text);
        to.endSpan();
    }

    @Test
    void aSpanHasEverythingThatWasSaid() throws Exception {
        TraceContext self = new TraceContext(1, 2, 3, (byte) 3, "k=v");
        encoder.beginSpan(self, 4, 1_000, 2_000);
        encoder.name("GET shop/cart/0", SpanKind.SERVER);
        encoder.attribute(TEXT, "grün");
        encoder.attribute(NUMBER, -1);
        encoder.beginEvent(1_500, "tracery.pick");
        encoder.attribute(REAL, 0.5);
        encoder.endEvent();
        encoder.beginEvent(1_600, "other");
        encoder.endEvent();
        encoder.outcome(SpanStatus.ERROR, self.flags(), TracesEncoder.Parent.REMOTE);
        encoder.endSpan();
        assertThat(encoder.spans()).isEqualTo(1);

        TracesData parsed = TracesData.parseFrom(encoder.finish());

        Span span = parsed.getResourceSpans(0).getScopeSpans(0).getSpans(0);
        assertThat(span)
                .isEqualTo(Span.newBuilder()
                        .setTraceId(id(1, 2))
                        .setSpanId(id(3))
                        .setParentSpanId(id(4))
                        .setTraceState("k=v")
                        .setName("GET shop/cart/0")
                        .setKind(Span.SpanKind.SPAN_KIND_SERVER)
                        .setStartTimeUnixNano(1_000)
                        .setEndTimeUnixNano(2_000)
                        .addAttributes(text("text", "grün"))
                        .addAttributes(number("number", -1))
                        .addEvents(Span.Event.newBuilder()
                                .setTimeUnixNano(1_500)
                                .setName("tracery.pick")
                                .addAttributes(KeyValue.newBuilder()
                                        .setKey("real")
                                        .setValue(AnyValue.newBuilder().setDoubleValue(0.5))))
                        .addEvents(
                                Span.Event.newBuilder().setTimeUnixNano(1_600).setName("other"))
                        .setStatus(Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR))
                        .setFlags(0x303)
                        .build());
        assertThat(encoder.spans()).isZero();
    }

    @Test
    void aSpanThatIsTakenBackLeavesNoTrace() throws Exception {
        TraceContext self = new TraceContext(1, 2, 3, (byte) 3, "");
        encoder.discardSpan();
        encoder.beginSpan(self, 0, 1, 2);
        encoder.name("kept", SpanKind.CLIENT);
        encoder.endSpan();
        encoder.discardSpan();
        encoder.beginSpan(self, 0, 1, 2);
        encoder.blank(NUMBER);
        encoder.beginEvent(1, "event");
        encoder.discardSpan();

        assertThat(encoder.spans()).isEqualTo(1);
        assertThat(TracesData.parseFrom(encoder.finish())
                        .getResourceSpans(0)
                        .getScopeSpans(0)
                        .getSpansList())
                .extracting(Span::getName)
                .containsExactly("kept");
    }

    @Test
    void aTemplateIsWrittenAgainWithOtherFiguresInItsBlanks() throws Exception {
        TraceContext self = new TraceContext(1, 2, 3, (byte) 3, "");
        encoder.beginSpan(self, 0, 1, 2);
        int mark = encoder.mark();
        encoder.blank(NUMBER);
        encoder.beginBlankEvent("tracery.pick");
        encoder.realBlank(REAL);
        encoder.endEvent();
        encoder.attribute(TEXT, "x".repeat(200));
        Template template = encoder.takeTemplate(mark);
        for (long value : new long[] {0, 1, 127, 128, 1_234_567, TracesEncoder.MOST_IN_BLANK}) {
            int at = encoder.write(template);
            encoder.fill(at, template, 0, value);
            encoder.fillTime(at, template, 1, value + 1);
            encoder.fillReal(at, template, 2, value + 0.5);
        }
        encoder.endSpan();

        Span span = TracesData.parseFrom(encoder.finish())
                .getResourceSpans(0)
                .getScopeSpans(0)
                .getSpans(0);
        assertThat(span.getAttributesList())
                .filteredOn(attribute -> attribute.getKey().equals("number"))
                .extracting(attribute -> attribute.getValue().getIntValue())
                .containsExactly(0L, 1L, 127L, 128L, 1_234_567L, TracesEncoder.MOST_IN_BLANK);
        assertThat(span.getEventsList())
                .extracting(Span.Event::getTimeUnixNano)
                .containsExactly(1L, 2L, 128L, 129L, 1_234_568L, TracesEncoder.MOST_IN_BLANK + 1);
        assertThat(span.getEvents(2).getAttributes(0).getValue().getDoubleValue())
                .isEqualTo(127.5);
    }

    @Test
    void anyBatchSaysWhatGeneratedCodeWouldSay() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int run = 0; run < 300; run++) {
            ScopeSpans.Builder theirs = ScopeSpans.newBuilder();
            int spans = random.nextInt(20);
            for (int i = 0; i < spans; i++) {
                theirs.addSpans(writeBoth(random));
            }
            byte[] batch = encoder.finish();

            assertThat(TracesData.parseFrom(batch))
                    .as("run %d of seed %d", run, SEED)
                    .isEqualTo(TracesData.parseFrom(expected(theirs)));
        }
    }

    private Span writeBoth(SplittableRandom random) {
        TraceContext self = TraceContext.root(random);
        if (random.nextBoolean()) {
            self = new TraceContext(self.traceIdHigh(), self.traceIdLow(), self.spanId(), (byte) 1, "a=1,b=2");
        }
        long parent = random.nextBoolean() ? random.nextLong() : 0;
        SpanKind kind = List.of(SpanKind.values()).get(random.nextInt(3));
        SpanStatus status = List.of(SpanStatus.values()).get(random.nextInt(3));
        long start = random.nextLong(1, Long.MAX_VALUE);
        long end = start + random.nextInt(1_000_000);
        String name = "n".repeat(random.nextInt(1, 300));
        boolean nameFirst = random.nextBoolean();
        Span.Builder theirs = Span.newBuilder()
                .setTraceId(id(self.traceIdHigh(), self.traceIdLow()))
                .setSpanId(id(self.spanId()))
                .setTraceState(self.tracestate())
                .setName(name)
                .setKindValue(kind.number())
                .setStartTimeUnixNano(start)
                .setEndTimeUnixNano(end)
                .setFlags(self.flags() | 0x100);
        if (parent != 0) {
            theirs.setParentSpanId(id(parent));
        }
        encoder.beginSpan(self, parent, start, end);
        if (nameFirst) {
            encoder.name(name, kind);
        }
        for (int i = random.nextInt(30); i > 0; i--) {
            theirs.addAttributes(attributeOnBoth(random));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            Span.Event.Builder event =
                    Span.Event.newBuilder().setTimeUnixNano(start + i).setName("event");
            encoder.beginEvent(start + i, "event");
            for (int j = random.nextInt(4); j > 0; j--) {
                event.addAttributes(attributeOnBoth(random));
            }
            encoder.endEvent();
            theirs.addEvents(event);
        }
        if (!nameFirst) {
            encoder.name(name, kind);
        }
        encoder.outcome(status, self.flags(), TracesEncoder.Parent.LOCAL);
        encoder.endSpan();
        if (status != SpanStatus.UNSET) {
            theirs.setStatus(Status.newBuilder().setCodeValue(status.number()));
        }
        return theirs.build();
    }

    private KeyValue attributeOnBoth(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> {
                String value = (random.nextBoolean() ? "x" : "é").repeat(random.nextInt(200));
                encoder.attribute(TEXT, value);
                yield text("text", value);
            }
            case 1 -> {
                long value = random.nextLong() >> random.nextInt(64);
                encoder.attribute(NUMBER, value);
                yield number("number", value);
            }
            case 2 -> {
                double value = random.nextDouble();
                encoder.attribute(REAL, value);
                yield KeyValue.newBuilder()
                        .setKey("real")
                        .setValue(AnyValue.newBuilder().setDoubleValue(value))
                        .build();
            }
            default -> {
                boolean value = random.nextBoolean();
                encoder.attribute(TRUTH, value);
                yield KeyValue.newBuilder()
                        .setKey("truth")
                        .setValue(AnyValue.newBuilder().setBoolValue(value))
                        .build();
            }
        };
    }

    private static byte[] expected(ScopeSpans.Builder spans) {
        return TracesData.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .setResource(Resource.newBuilder()
                                .addAttributes(text("service.name", "cart"))
                                .addAttributes(number("pid", 7)))
                        .addScopeSpans(spans.setScope(InstrumentationScope.newBuilder()
                                .setName("scope")
                                .setVersion("1.0"))))
                .build()
                .toByteArray();
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

    private static ByteString id(long... parts) {
        ByteBuffer bytes = ByteBuffer.allocate(parts.length * 8);
        for (long part : parts) {
            bytes.putLong(part);
        }
        return ByteString.copyFrom(bytes.flip());
    }
}
