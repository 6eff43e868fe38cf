package io.tracery.tracing.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TraceContextTest {

    private static final SplittableRandom RANDOM = new SplittableRandom(1);

    @Test
    void aRootIsSampledAndSaysThatItsIdIsRandom() {
        TraceContext root = TraceContext.root(RANDOM);

        assertThat(root.sampled()).isTrue();
        assertThat(root.flags()).isEqualTo((byte) 3);
        assertThat(root.tracestate()).isEmpty();
        assertThat(W3cTraceContext.traceparent(root)).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-03");
    }

    @Test
    void aChildKeepsEverythingButTheSpanId() {
        TraceContext parent = new TraceContext(1, 2, 3, (byte) 1, "a=b");

        assertThat(parent.child(4)).isEqualTo(new TraceContext(1, 2, 4, (byte) 1, "a=b"));
        assertThat(parent.child(RANDOM).spanId()).isNotEqualTo(3);
    }

    @Test
    void aMarkStandsOnceAndFirstInTheTraceState() {
        TraceContext unmarked = new TraceContext(1, 2, 3, (byte) 1, "");

        assertThat(unmarked.marked().tracestate()).isEqualTo("tracery=keep");
        assertThat(unmarked.marked().marked()).isEqualTo(unmarked.marked());
        assertThat(new TraceContext(1, 2, 3, (byte) 1, "a=b,xtracery=keep")
                        .marked()
                        .tracestate())
                .isEqualTo("tracery=keep,a=b,xtracery=keep");
    }

    @Test
    void idsAreWrittenInFullLowerCaseHex() {
        TraceContext context = new TraceContext(0xABL, 0xFEDCBA9876543210L, 0xFL, (byte) 0, "");

        assertThat(context.traceIdHex()).isEqualTo("00000000000000abfedcba9876543210");
        assertThat(context.spanIdHex()).isEqualTo("000000000000000f");
    }

    @Test
    void zeroIdsAreRefused() {
        assertThatThrownBy(() -> new TraceContext(0, 0, 1, (byte) 0, "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TraceContext(0, 1, 0, (byte) 0, "")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void unknownFlagsAreNotKept() {
        assertThat(new TraceContext(1, 2, 3, (byte) 0xff, "").flags()).isEqualTo((byte) 3);
    }
}
