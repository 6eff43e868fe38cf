package io.tracery.pipeline.otlp;

import static io.tracery.pipeline.otlp.Batches.TRACE_A;
import static io.tracery.pipeline.otlp.Batches.TRACE_B;
import static io.tracery.pipeline.otlp.Batches.attribute;
import static io.tracery.pipeline.otlp.Batches.hex;
import static io.tracery.pipeline.otlp.Batches.resource;
import static io.tracery.pipeline.otlp.Batches.span;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.tracing.Vocabulary;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Taken apart by trace and put together again as bytes, spans are what they were as objects. */
class PiecesTest {

    private static final String SPAN = "00f067aa0ba902b1";

    @Test
    void whatIsPutTogetherIsWhatWasTakenApart() throws InvalidProtocolBufferException {
        ResourceSpans.Builder resource = ResourceSpans.newBuilder()
                .setSchemaUrl("https://opentelemetry.io/schemas/1.40.0")
                .setResource(resource("service.name", "cart", Vocabulary.KEEP_REASON, "of before")
                        .setDroppedAttributesCount(3));
        resource.addScopeSpansBuilder()
                .setSchemaUrl("https://example.com/scope")
                .addSpans(span(TRACE_A, SPAN).addAttributes(attribute("a", "b")).setFlags(0x301))
                .addSpans(span(TRACE_B, SPAN))
                .addSpans(span(TRACE_A, "00f067aa0ba902b2").setParentSpanId(hex(SPAN)))
                .getScopeBuilder()
                .setName("scope");
        byte[] batch =
                TracesData.newBuilder().addResourceSpans(resource).build().toByteArray();

        TraceId id = TraceId.of(hex(TRACE_A));
        KeptTrace kept = new KeptTrace("error", 10_000);
        Pieces.of(batch).getOrDefault(id, List.of()).forEach(kept::add);

        ResourceSpans.Builder expected = resource.clone();
        expected.setResource(resource("service.name", "cart", Vocabulary.KEEP_REASON, "error")
                .setDroppedAttributesCount(3));
        expected.getScopeSpansBuilder(0).removeSpans(1);
        assertThat(kept.records()).hasSize(1);
        assertThat(TracesData.parseFrom(kept.records().getFirst()))
                .isEqualTo(TracesData.newBuilder().addResourceSpans(expected).build());
        assertThat(new String(id.key(), java.nio.charset.StandardCharsets.US_ASCII))
                .isEqualTo(TRACE_A);
    }

    @Test
    void aRecordIsNotLargerThanItMayBe() throws InvalidProtocolBufferException {
        KeptTrace kept = new KeptTrace("share", 2_000);
        for (int i = 0; i < 10; i++) {
            byte[] batch = TracesData.newBuilder()
                    .addResourceSpans(Batches.spans("cart", span(TRACE_A, SPAN).setName("x".repeat(700))))
                    .build()
                    .toByteArray();
            Pieces.of(batch).values().forEach(pieces -> pieces.forEach(kept::add));
        }
        List<byte[]> records = kept.records();
        assertThat(records).hasSize(5).allSatisfy(record -> assertThat(record).hasSizeLessThan(2_000));
        int spans = 0;
        for (byte[] record : records) {
            spans += TracesData.parseFrom(record).getResourceSpansCount();
        }
        assertThat(spans).isEqualTo(10);
    }

    /** As when a topic takes less since a restart. */
    @Test
    void whatNoRecordHasRoomForIsLeftOut() {
        KeptTrace kept = new KeptTrace("share", 2_000);
        assertThat(kept.add(named("x".repeat(2_000)))).isTrue();
        assertThat(kept.add(named("x".repeat(3_000)))).isFalse();
        assertThat(kept.add(named("y"))).isTrue();
        assertThat(kept.records())
                .hasSize(2)
                .allSatisfy(record -> assertThat(record).hasSizeLessThan(2_512));
    }

    private static Piece named(String name) {
        byte[] batch = TracesData.newBuilder()
                .addResourceSpans(Batches.spans("cart", span(TRACE_A, SPAN).setName(name)))
                .build()
                .toByteArray();
        return Pieces.of(batch).values().iterator().next().getFirst();
    }

    /** Each trace's pieces stand in the batch, so that all of it is held as long as any of them. */
    @Test
    void aBatchIsHeldFromItsFirstPieceToItsLast() {
        byte[] batch = TracesData.newBuilder()
                .addResourceSpans(Batches.spans("cart", span(TRACE_A, SPAN), span(TRACE_B, SPAN), span(TRACE_A, SPAN)))
                .build()
                .toByteArray();
        List<Piece> pieces =
                Pieces.of(batch).values().stream().flatMap(List::stream).toList();
        assertThat(pieces).extracting(Piece::count).containsExactly(2, 1);
        int first = pieces.getFirst().hold();
        int second = pieces.getLast().hold();
        assertThat(first - second).isEqualTo(batch.length);
        assertThat(pieces.getFirst().release()).isEqualTo(second);
        assertThat(pieces.getLast().release()).isEqualTo(first);
    }

    @Test
    void neverReadsBeyondABatchThatEndsTooEarly() {
        byte[] batch = TracesData.newBuilder()
                .addResourceSpans(Batches.spans("cart", span(TRACE_A, SPAN)))
                .build()
                .toByteArray();
        for (int length = 1; length < batch.length; length++) {
            byte[] cut = Arrays.copyOf(batch, length);
            assertThatThrownBy(() -> Pieces.of(cut)).isInstanceOf(IllegalStateException.class);
        }
    }
}
