package io.tracery.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.trace.v1.Span;
import io.tracery.tracing.otlp.AttributeSet;
import io.tracery.tracing.otlp.Scope;
import io.tracery.tracing.otlp.TracesEncoder;
import io.tracery.tracing.topic.Topic;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CanaryTest {

    private final FakeTransport kafka = new FakeTransport();
    private final Account account = new Account("canaries");
    private final Canary canary = new Canary(
            new TracesEncoder(AttributeSet.EMPTY, new Scope("test", "")),
            new TopicOutbox(Topic.MESH_SPANS, new byte[] {1}, kafka, account, 1),
            account,
            new SplittableRandom(1),
            0);

    @Test
    void fliesEachHalfMinuteNumberedAndMarkedToBeKept() {
        long first = Canary.FIRST_AFTER.toNanos();
        canary.tick(first - 1, 7);
        assertThat(kafka.canaries()).isEmpty();
        canary.tick(first, 7);
        canary.tick(first + Canary.EVERY.toNanos() - 1, 8);
        canary.tick(first + Canary.EVERY.toNanos(), 9);

        List<Span> spans = kafka.canaries();
        assertThat(spans).extracting(Span::getName).containsExactly("tracery.canary", "tracery.canary");
        assertThat(spans).extracting(Span::getTraceState).containsOnly("tracery=keep");
        assertThat(spans).extracting(Span::getTraceId).doesNotHaveDuplicates();
        assertThat(spans)
                .extracting(span -> SpanEncoderTest.attributes(span.getAttributesList()))
                .containsExactly(Map.of("tracery.canary", 1L), Map.of("tracery.canary", 2L));
        assertThat(account.exported()).isEqualTo(2);
    }

    @Test
    void oneThatCouldNotLeaveIsCountedAndItsNumberIsMissed() {
        kafka.mood(FakeTransport.Mood.NOT_NOW);
        long at = Canary.FIRST_AFTER.toNanos();
        for (int i = 0; i < 3; i++) {
            canary.tick(at, 7);
            at += Canary.EVERY.toNanos();
        }
        assertThat(account.dropped(DropReason.UNREACHABLE)).isEqualTo(2);
        kafka.mood(FakeTransport.Mood.DELIVER);
        canary.tick(at - Canary.EVERY.toNanos() + 1, 8);

        assertThat(kafka.canaries())
                .singleElement()
                .satisfies(span -> assertThat(SpanEncoderTest.attributes(span.getAttributesList()))
                        .containsEntry("tracery.canary", 3L));
        assertThat(account.accepted()).isEqualTo(account.exported() + account.dropped() + account.queued());
    }
}
