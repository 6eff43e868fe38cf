package io.tracery.tracing.context;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The cases of the W3C Trace Context test suite at its strictest level, and those that its text adds. */
class W3cTraceContextTest {

    private static final String TRACE_ID = "12345678901234567890123456789012";
    private static final String PARENT = "00-" + TRACE_ID + "-1234567890123456-01";
    private static final TraceContext CONTEXT =
            new TraceContext(0x1234567890123456L, 0x7890123456789012L, 0x1234567890123456L, (byte) 1, "");

    @ParameterizedTest
    @ValueSource(
            strings = {
                PARENT,
                " " + PARENT,
                "\t" + PARENT + " \t",
                "cc-" + TRACE_ID + "-1234567890123456-01",
                "cc-" + TRACE_ID + "-1234567890123456-01-what-the-future-will-be-like",
                "01-" + TRACE_ID + "-1234567890123456-01-",
                "00-" + TRACE_ID + "-1234567890123456-f1",
            })
    void continuesATraceThatItUnderstands(String traceparent) {
        assertThat(W3cTraceContext.parse(traceparent, "")).isEqualTo(CONTEXT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                PARENT + ".",
                PARENT + "-what-the-future-will-be-like",
                "cc-" + TRACE_ID + "-1234567890123456-01.what-the-future-will-be-like",
                "cc-" + TRACE_ID + "-1234567890123456-012",
                "ff-" + TRACE_ID + "-1234567890123456-01",
                ".0-" + TRACE_ID + "-1234567890123456-01",
                "0.-" + TRACE_ID + "-1234567890123456-01",
                "000-" + TRACE_ID + "-1234567890123456-01",
                "0-" + TRACE_ID + "-1234567890123456-01",
                "00-00000000000000000000000000000000-1234567890123456-01",
                "00-.2345678901234567890123456789012-1234567890123456-01",
                "00-1234567890123456789012345678901.-1234567890123456-01",
                "00-123456789012345678901234567890123-1234567890123456-01",
                "00-1234567890123456789012345678901-1234567890123456-01",
                "00-" + TRACE_ID + "-0000000000000000-01",
                "00-" + TRACE_ID + "-.234567890123456-01",
                "00-" + TRACE_ID + "-123456789012345.-01",
                "00-" + TRACE_ID + "-12345678901234567-01",
                "00-" + TRACE_ID + "-123456789012345-01",
                "00-" + TRACE_ID + "-1234567890123456-.0",
                "00-" + TRACE_ID + "-1234567890123456-0.",
                "00-" + TRACE_ID + "-1234567890123456-001",
                "00-" + TRACE_ID + "-1234567890123456-1",
                "00-1234567890123456789012345678901A-1234567890123456-01",
                "00-" + TRACE_ID + "-123456789012345A-01",
                "0A-" + TRACE_ID + "-1234567890123456-01",
                "00-" + TRACE_ID + "-1234567890123456-0A",
                "00 " + TRACE_ID + "-1234567890123456-01",
                "00-" + TRACE_ID + "_1234567890123456-01",
                "00-" + TRACE_ID + "-1234567890123456+01",
                "00-1234567890123456789012345678901\u0661-1234567890123456-01",
            })
    void beginsAnewOnAnythingElse(String traceparent) {
        assertThat(W3cTraceContext.parse(traceparent, "foo=1")).isNull();
    }

    @Test
    void exactlyOneTraceparentCounts() {
        assertThat(W3cTraceContext.parse(List.of(PARENT), List.of())).isEqualTo(CONTEXT);
        assertThat(W3cTraceContext.parse(List.of(), List.of("foo=1"))).isNull();
        assertThat(W3cTraceContext.parse(List.of(PARENT, PARENT), List.of())).isNull();
    }

    @Test
    void theRandomFlagTravelsAsItCame() {
        for (int flags = 0; flags < 4; flags++) {
            String text = "00-" + TRACE_ID + "-1234567890123456-0" + flags;
            TraceContext context = W3cTraceContext.parse(text, "");

            assertThat(context).isNotNull();
            assertThat(W3cTraceContext.traceparent(context)).isEqualTo(text);
        }
    }

    @Test
    void aLaterVersionIsPassedOnAsVersionZeroWithKnownFlagsOnly() {
        TraceContext context = W3cTraceContext.parse("cc-" + TRACE_ID + "-1234567890123456-ff-x", "");

        assertThat(context).isNotNull();
        assertThat(W3cTraceContext.traceparent(context)).isEqualTo("00-" + TRACE_ID + "-1234567890123456-03");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "foo=1",
                "foo=1,bar=2",
                "foo=1,foo=1",
                "0foo=1",
                "foo@=1",
                "foo@bar@baz=1",
                "abcdefghijklmnopqrstuvwxyz0123456789_-*/=a",
                "abcdefghijklmnopqrstuvwxyz0123456789_-*/@a-z0-9_-*/=a",
                "foo= leading space",
                "foo=a !\"#$%&'()*+-./0123456789:;<>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~",
            })
    void aValidTracestateTravelsUntouched(String tracestate) {
        assertThat(tracestateOf(tracestate)).isEqualTo(tracestate);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "foo",
                "foo=",
                "foo=,bar=3",
                "foo=  ,bar=3",
                "=1",
                "FOO=1",
                "foo =1",
                "foo\t=1",
                "foo.bar=1",
                "@foo=1",
                "_foo=1",
                "foo=bar=baz",
                "foo=1,bar",
                "foo=\u007f",
                "foo=a\tb",
                "f\u00f6\u00f6=1",
                "foo=\u00e9",
                "foo=1;bar=2,baz",
            })
    void oneMalformedMemberCostsTheTracestateButNotTheTrace(String tracestate) {
        assertThat(tracestateOf(tracestate)).isEmpty();
    }

    @Test
    void whiteSpaceAroundMembersAndEmptyMembersAreLeftOut() {
        assertThat(tracestateOf("foo=1 \t , \t bar=2, \t baz=3")).isEqualTo("foo=1,bar=2,baz=3");
        assertThat(tracestateOf(" foo=1\t")).isEqualTo("foo=1");
        assertThat(tracestateOf(",foo=1,,\t,bar=2,")).isEqualTo("foo=1,bar=2");
        assertThat(tracestateOf(" , ")).isEmpty();
    }

    @Test
    void severalTracestateHeadersAreJoinedInOrder() {
        TraceContext context = W3cTraceContext.parse(List.of(PARENT), List.of("foo=1", "", "bar=2 ,baz=3"));

        assertThat(context).isNotNull();
        assertThat(context.tracestate()).isEqualTo("foo=1,bar=2,baz=3");
    }

    @Test
    void lengthsAndCountsAreLimited() {
        assertThat(tracestateOf("z".repeat(256) + "=1")).hasSize(258);
        assertThat(tracestateOf("z".repeat(257) + "=1")).isEmpty();
        assertThat(tracestateOf("foo=" + "v".repeat(256))).hasSize(260);
        assertThat(tracestateOf("foo=" + "v".repeat(257))).isEmpty();
        assertThat(tracestateOf(members(32, "bar", "1"))).isEqualTo(members(32, "bar", "1"));
        assertThat(tracestateOf(members(33, "bar", "1"))).isEmpty();
    }

    @Test
    void whatIsTooLongLosesLargeMembersFirstThenThoseOnTheRight() {
        String large = "large=" + "v".repeat(200);
        String small = members(20, "k", "v".repeat(16));
        assertThat(tracestateOf(large + "," + small)).isEqualTo(small);

        String tooMany = members(32, "k", "v".repeat(20));
        String kept = tracestateOf(tooMany);
        assertThat(tooMany).startsWith(kept + ",");
        assertThat(kept).hasSizeBetween(512 - 24, 512);
    }

    private static String members(int count, String keyPrefix, String value) {
        return IntStream.range(0, count)
                .mapToObj(i -> "%s%02d=%s".formatted(keyPrefix, i, value))
                .collect(Collectors.joining(","));
    }

    private static String tracestateOf(String tracestate) {
        TraceContext context = W3cTraceContext.parse(PARENT, tracestate);
        assertThat(context).isNotNull();
        assertThat(context.traceIdHex()).isEqualTo(TRACE_ID);
        return context.tracestate();
    }
}
