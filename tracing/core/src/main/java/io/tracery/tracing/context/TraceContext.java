package io.tracery.tracing.context;

import io.tracery.tracing.Vocabulary;
import java.util.random.RandomGenerator;

/**
 * One span's place in its trace, as it travels from process to process.
 *
 * @param traceIdHigh first 8 bytes of the trace id, big endian
 * @param traceIdLow last 8 bytes of the trace id; the two halves are never both zero
 * @param spanId id of the span that whoever receives this context becomes a child of; never zero
 * @param flags {@link #SAMPLED} and {@link #RANDOM}; other bits are not kept
 * @param tracestate the {@code tracestate} header's value, valid and at most {@value Tracestate#MAX_LENGTH} characters;
 *     empty when there is none
 */
public record TraceContext(long traceIdHigh, long traceIdLow, long spanId, byte flags, String tracestate) {

    /** The caller may have recorded the trace. */
    public static final byte SAMPLED = 1;

    /** The last 7 bytes of the trace id are random, so that sampling may decide by them. */
    public static final byte RANDOM = 2;

    private static final byte KNOWN_FLAGS = SAMPLED | RANDOM;

    /** @throws IllegalArgumentException when an id is zero, which stands for "none" on the wire */
    public TraceContext {
        if ((traceIdHigh | traceIdLow) == 0 || spanId == 0) {
            throw new IllegalArgumentException("a trace context's trace id and span id must not be zero");
        }
        flags = (byte) (flags & KNOWN_FLAGS);
    }

    /** The first span of a new trace: random ids, sampled, no trace state. */
    public static TraceContext root(RandomGenerator random) {
        return new TraceContext(
                nonZero(random), nonZero(random), nonZero(random), (byte) (SAMPLED | RANDOM), /* tracestate= */ "");
    }

    /** Another span of the same trace; flags and trace state stay as they are. */
    public TraceContext child(long newSpanId) {
        return new TraceContext(traceIdHigh, traceIdLow, newSpanId, flags, tracestate);
    }

    /** Another span of the same trace with a random id. */
    public TraceContext child(RandomGenerator random) {
        return child(nonZero(random));
    }

    /** The same span, whose trace state asks for its trace to be kept, and grows by that where it did not. */
    public TraceContext marked() {
        if (("," + tracestate + ",").contains("," + Vocabulary.TRACESTATE_KEEP + ",")) {
            return this;
        }
        String marked =
                tracestate.isEmpty() ? Vocabulary.TRACESTATE_KEEP : Vocabulary.TRACESTATE_KEEP + "," + tracestate;
        return new TraceContext(traceIdHigh, traceIdLow, spanId, flags, marked);
    }

    public boolean sampled() {
        return (flags & SAMPLED) != 0;
    }

    /** 32 lower-case hex digits. */
    public String traceIdHex() {
        return traceIdHex(traceIdHigh, traceIdLow);
    }

    /** 16 lower-case hex digits. */
    public String spanIdHex() {
        return spanIdHex(spanId);
    }

    /** A trace id as 32 lower-case hex digits. */
    public static String traceIdHex(long high, long low) {
        byte[] digits = new byte[32];
        LowerHex.write(high, digits, 0);
        LowerHex.write(low, digits, 16);
        return LowerHex.text(digits);
    }

    /** A span id as 16 lower-case hex digits. */
    public static String spanIdHex(long spanId) {
        byte[] digits = new byte[16];
        LowerHex.write(spanId, digits, 0);
        return LowerHex.text(digits);
    }

    private static long nonZero(RandomGenerator random) {
        long value = random.nextLong();
        while (value == 0) {
            value = random.nextLong();
        }
        return value;
    }
}
