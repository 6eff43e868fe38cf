package io.tracery.tracing.context;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OlderContextsTest {

    private static final String TRACE = "80f198ee56343ba864fe8b2a57d3eff7";
    private static final String SPAN = "e457b5a2e4d86bd1";
    private static final String PARENT = "05e3ac9a4f6e3b90";
    private static final int RUNS = 50_000;

    @ParameterizedTest
    @CsvSource({
        TRACE + "-" + SPAN + ", true",
        TRACE + "-" + SPAN + "-1, true",
        TRACE + "-" + SPAN + "-0, false",
        TRACE + "-" + SPAN + "-d, true",
        TRACE + "-" + SPAN + "-1-" + PARENT + ", true"
    })
    void readsB3InOneHeader(String value, boolean sampled) {
        assertContext(B3Context.single(value), TRACE, sampled);
        assertContext(B3Context.single(value.substring(16)), "0000000000000000" + TRACE.substring(16), sampled);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "1",
                "d",
                TRACE,
                TRACE + "-",
                TRACE + "-" + SPAN + "-",
                TRACE + "-" + SPAN + "-2",
                TRACE + "-" + SPAN + "-10",
                TRACE + "-" + SPAN + "-1-",
                TRACE + "-" + SPAN + "-1-" + PARENT + "-",
                "80F198ee56343ba864fe8b2a57d3eff7-" + SPAN,
                "00000000000000000000000000000000-" + SPAN,
                TRACE + "-0000000000000000",
                "f198ee56343ba864fe8b2a57d3eff7-" + SPAN
            })
    void whatIsNoB3IsNone(String value) {
        assertThat(B3Context.single(value)).isNull();
    }

    @Test
    void readsB3InSeveralHeaders() {
        assertContext(B3Context.several(TRACE, SPAN, ""), TRACE, true);
        assertContext(B3Context.several(TRACE, SPAN, "true"), TRACE, true);
        assertContext(B3Context.several(TRACE, SPAN, "0"), TRACE, false);
        assertContext(B3Context.several(TRACE, SPAN, "false"), TRACE, false);
        assertThat(B3Context.several(TRACE, "", "1")).isNull();
        assertThat(B3Context.several("x", SPAN, "1")).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        TRACE + ":" + SPAN + ":0:1, true",
        TRACE + ":" + SPAN + ":" + PARENT + ":3, true",
        TRACE + "%3A" + SPAN + "%3a0%3A0, false"
    })
    void readsJaegersHeader(String value, boolean sampled) {
        assertContext(JaegerContext.parse(value), TRACE, sampled);
    }

    @Test
    void jaegersNumbersMayLackTheirZeros() {
        TraceContext context = Objects.requireNonNull(JaegerContext.parse("abc:1f:0:1"));
        assertThat(context.traceIdHex()).isEqualTo("00000000000000000000000000000abc");
        assertThat(context.spanIdHex()).isEqualTo("000000000000001f");
        assertThat(JaegerContext.of(context, "abc:1f:0:3")).isEqualTo("0000000000000abc:000000000000001f:0:3");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":::",
                "1:1:1",
                "0:1:0:1",
                "1:0:0:1",
                "g:1:0:1",
                TRACE + "0:1:0:1",
                "1:" + SPAN + "0:0:1",
                "1:1:0:100",
                "1:1:0:1:1"
            })
    void whatIsNoneOfJaegersIsNone(String value) {
        assertThat(JaegerContext.parse(value)).isNull();
    }

    @Test
    void writesThemAsTheyCame() {
        TraceContext whole =
                Objects.requireNonNull(B3Context.single(TRACE + "-" + PARENT)).child(0x1f);
        assertThat(B3Context.single(whole, TRACE + "-" + PARENT + "-d")).isEqualTo(TRACE + "-000000000000001f-d");
        assertThat(B3Context.single(whole, TRACE + "-" + PARENT)).isEqualTo(TRACE + "-000000000000001f-1");
        assertThat(B3Context.single(whole, "0"))
                .as("a decision alone stays alone")
                .isEqualTo("0");
        TraceContext shortOne = Objects.requireNonNull(B3Context.single(SPAN + "-" + PARENT + "-0"));
        assertThat(B3Context.traceId(shortOne)).isEqualTo(SPAN);
        assertThat(B3Context.single(shortOne, SPAN + "-" + PARENT + "-0")).isEqualTo(SPAN + "-" + PARENT + "-0");
        assertThat(JaegerContext.of(whole, "what came")).isEqualTo(TRACE + ":000000000000001f:0:1");
    }

    /** Whatever comes is read or is not; what is read is read back as it was written. */
    @Test
    void survivesAnything() {
        SplittableRandom random = new SplittableRandom(11);
        String odd = "0123456789abcdefABCDEF-:%3Ad1 \t\u00e9";
        int read = 0;
        for (int run = 0; run < RUNS; run++) {
            StringBuilder b3 = new StringBuilder(TRACE + "-" + SPAN + "-1-" + PARENT);
            StringBuilder jaeger = new StringBuilder(TRACE + ":" + SPAN + ":0:1");
            for (int i = random.nextInt(4); i > 0; i--) {
                mutate(b3, odd, random);
                mutate(jaeger, odd, random);
            }
            TraceContext one = B3Context.single(b3);
            if (one != null) {
                read++;
                assertThat(B3Context.single(B3Context.single(one, b3))).isEqualTo(one);
            }
            TraceContext other = JaegerContext.parse(jaeger);
            if (other != null) {
                assertThat(JaegerContext.parse(JaegerContext.of(other, jaeger))).isEqualTo(other);
            }
        }
        assertThat(read).isGreaterThan(RUNS / 20);
    }

    private static void mutate(StringBuilder text, String odd, SplittableRandom random) {
        int at = random.nextInt(text.length());
        if (random.nextBoolean()) {
            text.setCharAt(at, odd.charAt(random.nextInt(odd.length())));
        } else {
            text.deleteCharAt(at);
        }
    }

    private static void assertContext(@Nullable TraceContext context, String trace, boolean sampled) {
        assertThat(context).isNotNull();
        assertThat(context.traceIdHex()).isEqualTo(trace);
        assertThat(context.spanIdHex()).isEqualTo(SPAN);
        assertThat(context.sampled()).isEqualTo(sampled);
    }
}
