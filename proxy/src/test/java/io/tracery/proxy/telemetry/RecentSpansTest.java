package io.tracery.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.tracery.proxy.telemetry.RecentSpans.Remembered;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.otlp.AttributeSet;
import io.tracery.tracing.otlp.Scope;
import io.tracery.tracing.otlp.TracesEncoder;
import io.tracery.tracing.span.SpanKind;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RecentSpansTest {

    private static final int CAPACITY = 2_000;
    private static final long WINDOW = 50_000_000;

    private final TracesEncoder encoder = new TracesEncoder(AttributeSet.EMPTY, new Scope("test", ""));
    private final SplittableRandom random = new SplittableRandom(5);
    private long now = 7;

    /** Whatever their sizes: what is remembered are the last ones, all of them whole. */
    @Test
    void theLastOnesAreRememberedWhole() throws InvalidProtocolBufferException {
        RecentSpans recent = new RecentSpans(CAPACITY, 64, now);
        assertThat(recent.from(0, 1_000)).isEmpty();
        for (int i = 0; i < 5_000; i++) {
            add(recent, name(i, random.nextInt(300)));
            recent.tick(now += WINDOW);
            if (i % 500 == 0) {
                encoder.finish();
            }
            List<Remembered> all = recent.from(0, 1_000);
            assertThat(all.getLast().number()).isEqualTo(i);
            assertThat(all.stream().mapToInt(one -> one.spans().size()).sum()).isLessThanOrEqualTo(CAPACITY);
            for (Remembered one : all) {
                assertThat(nameOf(one)).startsWith(one.number() + " ");
            }
            // One of the largest more would have fitted, but for what is lost at the end of the array.
            assertThat(all.size()).isGreaterThanOrEqualTo(Math.min(i + 1, 3));
            assertThat(all)
                    .extracting(Remembered::number)
                    .isSorted()
                    .doesNotHaveDuplicates()
                    .hasSize((int) (i + 1 - all.getFirst().number()));
        }
    }

    /** Nobody looks more often than once in a window: what comes in one is remembered until there is no more room. */
    @Test
    void whatComesTooFastToBeReadIsPassedOverAndCounted() throws InvalidProtocolBufferException {
        RecentSpans recent = new RecentSpans(CAPACITY, 64, now);
        assertThat(recent.from(0, 1_000)).isEmpty();
        threeWindows(recent);
        List<Remembered> all = recent.from(0, 1_000);
        assertThat(all).hasSizeBetween(5, 10);
        assertThat(all.getFirst().number()).isEqualTo(200);
        for (Remembered one : all) {
            assertThat(nameOf(one)).startsWith(one.number() + " ");
        }
        recent.tick(now += WINDOW);
        assertThat(recent.next()).isEqualTo(300);
    }

    @Test
    void whileNobodyReadsTheFirstOnesOfEachWindowAreRemembered() {
        RecentSpans recent = new RecentSpans(8 * CAPACITY, 64, now);
        threeWindows(recent);
        int ofTwoWindows = 2 * (CAPACITY / 240);
        List<Remembered> all = recent.from(100, 1_000);
        assertThat(all).hasSizeBetween(ofTwoWindows - 2, ofTwoWindows + 2);
        assertThat(all).extracting(Remembered::number).contains(100L, 101L, 200L, 201L);
        // Who has asked once is expected again for a while.
        threeWindows(recent);
        assertThat(recent.from(300, 1_000)).hasSizeGreaterThan(50);
    }

    private void threeWindows(RecentSpans recent) {
        for (int i = 0; i < 300; i++) {
            if (i % 100 == 0) {
                recent.tick(now += WINDOW);
            }
            add(recent, name(i, 200));
        }
    }

    @Test
    void noMoreThanSoManyAreRemembered() {
        RecentSpans recent = new RecentSpans(1 << 20, 8, now);
        for (int i = 0; i < 100; i++) {
            add(recent, name(i, 10));
        }
        assertThat(recent.from(0, 1_000))
                .extracting(Remembered::number)
                .containsExactly(92L, 93L, 94L, 95L, 96L, 97L, 98L, 99L);
        assertThat(recent.from(98, 1_000)).hasSize(2);
        assertThat(recent.from(100, 1_000)).isEmpty();
        assertThat(recent.next()).isEqualTo(100);
    }

    @Test
    void whatIsLargerThanAllIsNotRemembered() {
        RecentSpans recent = new RecentSpans(CAPACITY, 64, now);
        add(recent, name(0, 10));
        add(recent, name(1, CAPACITY));
        assertThat(recent.from(0, 1_000)).hasSize(1);
        recent.tick(now += WINDOW);
        assertThat(recent.next()).isEqualTo(2);
    }

    private void add(RecentSpans recent, String name) {
        int mark = encoder.mark();
        TraceContext self = TraceContext.root(random);
        encoder.beginSpan(self, 0, 1, 2);
        encoder.name(name, SpanKind.SERVER);
        encoder.endSpan();
        recent.add(encoder, mark);
    }

    private static String name(int number, int more) {
        return number + " " + "x".repeat(more);
    }

    private static String nameOf(Remembered one) throws InvalidProtocolBufferException {
        return ScopeSpans.parseFrom(one.spans()).getSpans(0).getName();
    }
}
