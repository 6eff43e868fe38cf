package io.tracery.pipeline.otlp;

import static io.tracery.pipeline.otlp.Batches.TRACE_A;
import static io.tracery.pipeline.otlp.Batches.TRACE_B;
import static io.tracery.pipeline.otlp.Batches.attribute;
import static io.tracery.pipeline.otlp.Batches.span;
import static io.tracery.pipeline.otlp.Batches.spans;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.pipeline.account.DropReason;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SpanSplitterTest {

    private final SpanSplitter splitter = SpanSplitter.byTrace(10_000);

    @Test
    void putsEachTraceIntoARecordOfItsOwnKeyedByItsId() {
        List<Chunk> chunks = splitter.split(List.of(spans(
                "cart",
                span(TRACE_A, "00f067aa0ba902b1"),
                span(TRACE_B, "00f067aa0ba902b2"),
                span(TRACE_A, "00f067aa0ba902b3"))));

        assertThat(chunks).extracting(Chunk::key).containsExactly(TRACE_A, TRACE_B);
        assertThat(names(chunks.get(0))).containsExactly("GET /00f067aa0ba902b1", "GET /00f067aa0ba902b3");
        assertThat(names(chunks.get(1))).containsExactly("GET /00f067aa0ba902b2");
        assertThat(splitter.total()).isEqualTo(3);
        assertThat(splitter.drops().total()).isZero();
    }

    @Test
    void keepsResourceAndScope() {
        ResourceSpans batch = spans("cart", span(TRACE_A, "00f067aa0ba902b1"));
        batch = batch.toBuilder()
                .setSchemaUrl("https://opentelemetry.io/schemas/1.37.0")
                .build();

        ResourceSpans kept = data(splitter.split(List.of(batch)).getFirst()).getResourceSpans(0);

        assertThat(kept.getSchemaUrl()).isEqualTo("https://opentelemetry.io/schemas/1.37.0");
        assertThat(kept.getResource().getAttributesList()).containsExactly(Batches.attribute("service.name", "cart"));
        assertThat(kept.getScopeSpans(0).getScope().getName()).isEqualTo("test-scope");
    }

    @Test
    void keepsTheResourcesOfOneTraceApart() {
        List<Chunk> chunks = splitter.split(List.of(
                spans("front", span(TRACE_A, "00f067aa0ba902b1")), spans("cart", span(TRACE_A, "00f067aa0ba902b2"))));

        assertThat(chunks).hasSize(1);
        assertThat(data(chunks.getFirst()).getResourceSpansList())
                .extracting(resource ->
                        resource.getResource().getAttributes(0).getValue().getStringValue())
                .containsExactly("front", "cart");
    }

    @Test
    void splitsATraceThatOutgrowsARecordAndLosesNothing() {
        Span.Builder[] many = IntStream.range(0, 500)
                .mapToObj(i -> span(TRACE_A, "%016x".formatted(i + 1)))
                .toArray(Span.Builder[]::new);

        List<Chunk> chunks = splitter.split(List.of(spans("cart", many)));

        assertThat(chunks).hasSizeGreaterThan(1);
        assertThat(chunks).allSatisfy(chunk -> {
            assertThat(chunk.key()).isEqualTo(TRACE_A);
            assertThat(chunk.data().getSerializedSize()).isLessThanOrEqualTo(10_000);
            assertThat(data(chunk)
                            .getResourceSpans(0)
                            .getResource()
                            .getAttributes(0)
                            .getKey())
                    .isEqualTo("service.name");
        });
        assertThat(chunks.stream().mapToInt(Chunk::count).sum()).isEqualTo(500);
        assertThat(chunks.stream().mapToInt(chunk -> names(chunk).size()).sum()).isEqualTo(500);
    }

    @Test
    void dropsASpanThatIsLargerThanARecordAndSaysWhich() {
        List<Chunk> chunks = splitter.split(List.of(spans(
                "cart",
                span(TRACE_A, "00f067aa0ba902b1")
                        .addAttributes(attribute("a", "x".repeat(8_000)))
                        .addAttributes(attribute("b", "x".repeat(8_000))),
                span(TRACE_A, "00f067aa0ba902b2"))));

        assertThat(names(chunks.getFirst())).containsExactly("GET /00f067aa0ba902b2");
        assertThat(splitter.drops().counts()).containsOnlyKeys(DropReason.TOO_LARGE);
        assertThat(splitter.drops().firstProblem()).contains("the limit is 10000");
    }

    @Test
    void dropsSpansWhoseIdsWouldBlockAStockConsumer() {
        Span.Builder badLink = span(TRACE_A, "00f067aa0ba902b5");
        badLink.addLinksBuilder().setTraceId(Batches.hex("aabb"));
        List<Chunk> chunks = splitter.split(List.of(spans(
                "cart",
                span("00000000000000000000000000000000", "00f067aa0ba902b1"),
                span("0af765", "00f067aa0ba902b2"),
                span(TRACE_A, "0000000000000000"),
                span(TRACE_A, "00f067aa0ba902b4").setParentSpanId(Batches.hex("01")),
                badLink,
                span(TRACE_A, "00f067aa0ba902b6"))));

        assertThat(chunks).hasSize(1);
        assertThat(names(chunks.getFirst())).containsExactly("GET /00f067aa0ba902b6");
        assertThat(splitter.total()).isEqualTo(6);
        assertThat(splitter.drops().counts()).containsEntry(DropReason.INVALID_ID, 5L);
        assertThat(splitter.drops().firstProblem()).contains("trace id");
    }

    private static TracesData data(Chunk chunk) {
        return (TracesData) chunk.data();
    }

    private static List<String> names(Chunk chunk) {
        return data(chunk).getResourceSpansList().stream()
                .flatMap(resource -> resource.getScopeSpansList().stream())
                .map(ScopeSpans::getSpansList)
                .flatMap(List::stream)
                .map(Span::getName)
                .toList();
    }
}
