package io.tracery.pipeline.otlp;

import static io.tracery.pipeline.otlp.Batches.TRACE_A;
import static io.tracery.pipeline.otlp.Batches.attribute;
import static io.tracery.pipeline.otlp.Batches.hex;
import static io.tracery.pipeline.otlp.Batches.span;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.tracery.pipeline.account.Flaw;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SpanMenderTest {

    private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);
    private static final String SPAN = "00f067aa0ba902b1";

    private final SpanMender mender = new SpanMender(InstantSource.fixed(NOW));

    @Test
    void leavesASpanAloneInWhichNothingIsWrong() {
        Span fine = span(TRACE_A, SPAN)
                .addAttributes(attribute("a", "x".repeat(SpanMender.MOST_TEXT)))
                .addEvents(Span.Event.newBuilder().setName("e"))
                .build();
        assertThat(mender.mend(fine)).isSameAs(fine);
        assertThat(mender.flaws()).isEmpty();
    }

    @Test
    void cutsTextThatIsTooLongAndMarksIt() {
        Span mended = mender.mend(span(TRACE_A, SPAN)
                .setName("n".repeat(5_000))
                .addAttributes(attribute("long", "x".repeat(1_000_000)))
                .addAttributes(attribute("pairs", "\uD83D\uDE00".repeat(10_000)))
                .addAttributes(attribute("fine", "y"))
                .addAttributes(KeyValue.newBuilder()
                        .setKey("list")
                        .setValue(AnyValue.newBuilder()
                                .setArrayValue(ArrayValue.newBuilder()
                                        .addValues(AnyValue.newBuilder().setStringValue("z".repeat(20_000))))))
                .build());

        assertThat(mended.getName()).hasSize(SpanMender.MOST_NAME).endsWith(SpanMender.CUT);
        assertThat(text(mended, "long"))
                .hasSize(SpanMender.MOST_TEXT)
                .startsWith("xxx")
                .endsWith(SpanMender.CUT);
        assertThat(text(mended, "pairs")).isNotEqualTo("").doesNotContain("?");
        assertThat(text(mended, "pairs").codePoints().allMatch(c -> !Character.isSurrogate((char) c) || c > 0xffff))
                .isTrue();
        assertThat(text(mended, "fine")).isEqualTo("y");
        assertThat(text(mended, "list")).matches("ARRAY_VALUE of 200\\d\\d bytes .*");
        assertThat(warnings(mended)).containsExactly(SpanMender.said(Flaw.TEXT_CUT));
        assertThat(mender.flaws()).containsOnly(org.assertj.core.api.Assertions.entry(Flaw.TEXT_CUT, 1));
    }

    @Test
    void leavesOutWhatIsTooManyAndCountsItAsOtlpSays() {
        Span.Builder many = span(TRACE_A, SPAN).setDroppedEventsCount(2);
        for (int i = 0; i < 1_000; i++) {
            many.addAttributes(attribute("a" + i, "x"))
                    .addEvents(Span.Event.newBuilder().setName("e"));
            many.addLinks(Span.Link.newBuilder().setTraceId(hex(TRACE_A)).setSpanId(hex(SPAN)));
        }
        Span mended = mender.mend(many.build());
        assertThat(mended.getAttributesCount() + mended.getDroppedAttributesCount())
                .isEqualTo(1_001);
        assertThat(mended.getEventsCount()).isEqualTo(SpanMender.MOST_EVENTS);
        assertThat(mended.getDroppedEventsCount()).isEqualTo(2 + 1_000 - SpanMender.MOST_EVENTS);
        assertThat(mended.getDroppedLinksCount()).isEqualTo(1_000 - SpanMender.MOST_LINKS);
        assertThat(warnings(mended)).containsExactly(SpanMender.said(Flaw.PARTS_LEFT_OUT));
    }

    @Test
    void saysOfTimesAndParentsThatCannotBe() {
        long now = TimeUnit.SECONDS.toNanos(NOW.getEpochSecond());
        Span mended = mender.mend(span(TRACE_A, SPAN)
                .setParentSpanId(hex(SPAN))
                .setStartTimeUnixNano(now + TimeUnit.HOURS.toNanos(2))
                .setEndTimeUnixNano(now)
                .build());
        assertThat(warnings(mended))
                .containsExactly(
                        SpanMender.said(Flaw.ENDS_BEFORE_IT_BEGINS),
                        SpanMender.said(Flaw.FROM_THE_FUTURE),
                        SpanMender.said(Flaw.OWN_PARENT));
        assertThat(mended.getStartTimeUnixNano()).isEqualTo(now + TimeUnit.HOURS.toNanos(2));
        assertThat(mender.flaws()).hasSize(3);
    }

    /** The receivers look at it first, and the stream again. */
    @Test
    void saysNothingTwice() {
        Span.Builder bad = span(TRACE_A, SPAN).setParentSpanId(hex(SPAN));
        for (int i = 0; i < 1_000; i++) {
            bad.addAttributes(attribute("a" + i, i == 0 ? "x".repeat(10_000) : "x"));
        }
        Span once = mender.mend(bad.build());
        SpanMender second = new SpanMender(InstantSource.fixed(NOW));
        Span twice = second.mend(once);
        assertThat(warnings(twice)).isEqualTo(warnings(once)).hasSize(2);
        assertThat(second.flaws()).isEmpty();
    }

    private static String text(Span span, String key) {
        return span.getAttributesList().stream()
                .filter(attribute -> attribute.getKey().equals(key))
                .findFirst()
                .orElseThrow()
                .getValue()
                .getStringValue();
    }

    private static List<String> warnings(Span span) {
        return span.getAttributesList().stream()
                .filter(attribute -> attribute.getKey().equals(SpanMender.WARNINGS))
                .flatMap(attribute -> attribute.getValue().getArrayValue().getValuesList().stream())
                .map(AnyValue::getStringValue)
                .toList();
    }
}
