package io.tracery.pipeline.otlp;

import static io.tracery.pipeline.otlp.Batches.TRACE_A;
import static io.tracery.pipeline.otlp.Batches.attribute;
import static io.tracery.pipeline.otlp.Batches.span;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.pipeline.decide.Facts;
import io.tracery.pipeline.decide.Judge;
import io.tracery.pipeline.decide.Policies;
import io.tracery.pipeline.decide.Reason;
import io.tracery.tracing.span.Fate;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From a span's bytes to the reason for which its trace is kept, when nothing but what it says itself speaks for it. */
class SpanFactsTest {

    private static final Policies STRICT =
            new Policies(Set.of(Reason.FIRST_SEEN), 0.01, /* floorPerSecond= */ 0, /* share= */ 0, 1L << 40);

    private static final String SPAN = "00f067aa0ba902b1";

    /** Denied, limited, refused by a breaker, timed out, and whatever else is no answer of the application's own. */
    @ParameterizedTest
    @EnumSource(value = Fate.class, names = "SERVED", mode = EnumSource.Mode.EXCLUDE)
    void everyFateButServedSpeaksForItsTrace(Fate fate) {
        assertThat(reason(span(TRACE_A, SPAN).addAttributes(attribute("tracery.fate", fate.label()))))
                .isEqualTo(Reason.ERROR);
    }

    @Test
    void whatWasServedDoesNot() {
        assertThat(reason(span(TRACE_A, SPAN)
                        .addAttributes(attribute("tracery.fate", "served"))
                        .addAttributes(number("tracery.attempts", 1))
                        .setTraceState("tracery=other")))
                .isNull();
    }

    @Test
    void aFailureOfTheApplicationDoes() {
        Span.Builder failed = span(TRACE_A, SPAN);
        failed.getStatusBuilder().setCode(StatusCode.STATUS_CODE_ERROR);
        assertThat(reason(failed)).isEqualTo(Reason.ERROR);
    }

    @Test
    void anotherAttemptDoes() {
        assertThat(reason(span(TRACE_A, SPAN).addAttributes(number("tracery.attempts", 2))))
                .isEqualTo(Reason.INTERVENED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mirror", "redirect", "fault,hedge"})
    void anythingTheMeshDidDoes(String intervention) {
        assertThat(reason(span(TRACE_A, SPAN).addAttributes(attribute("tracery.intervention", intervention))))
                .isEqualTo(Reason.INTERVENED);
    }

    @Test
    void itsClientsWishDoesInTracestateAndInBaggage() {
        assertThat(reason(span(TRACE_A, SPAN).setTraceState("a=b, tracery=keep")))
                .isEqualTo(Reason.MARKED);
        assertThat(reason(span(TRACE_A, SPAN).addAttributes(attribute("tracery", "keep"))))
                .isEqualTo(Reason.MARKED);
        assertThat(reason(span(TRACE_A, SPAN).addAttributes(attribute("tracery", "kept"))))
                .isNull();
    }

    /** Nobody says that a value comes in the type one expects. */
    @Test
    void valuesOfAnotherTypeAreNoReasonToStumble() {
        assertThat(reason(span(TRACE_A, SPAN)
                        .addAttributes(attribute("tracery.attempts", "many"))
                        .addAttributes(number("service.peer.name", 3))
                        .addAttributes(KeyValue.newBuilder().setKey("tracery"))))
                .isNull();
        assertThat(reason(span(TRACE_A, SPAN).addAttributes(number("tracery.fate", 3))))
                .isEqualTo(Reason.ERROR);
    }

    private static KeyValue number(String key, long value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setIntValue(value))
                .build();
    }

    private static @Nullable Reason reason(Span.Builder span) {
        byte[] batch = TracesData.newBuilder()
                .addResourceSpans(Batches.spans("cart", span))
                .build()
                .toByteArray();
        Facts facts = new Facts();
        Pieces.of(batch).values().forEach(pieces -> pieces.forEach(piece -> piece.tell(facts)));
        assertThat(facts.spans()).isEqualTo(1);
        return new Judge(() -> STRICT).judge(facts, 1L, 0).reason();
    }
}
