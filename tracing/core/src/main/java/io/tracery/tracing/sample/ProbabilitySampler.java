package io.tracery.tracing.sample;

import io.tracery.tracing.context.TraceContext;

/**
 * OpenTelemetry's consistent probability sampling: a trace is kept when its 56 bits of randomness reach the threshold.
 * Everyone decides alike with nothing said between them, and whoever keeps more keeps everything that others keep.
 *
 * <p>The randomness is {@code rv} of the trace state's member {@code ot} where there is one, else the last 7 bytes of the
 * trace id.
 */
public final class ProbabilitySampler {

    private static final int RANDOM_BITS = 56;
    private static final long RANGE = 1L << RANDOM_BITS;
    private static final int HEX_DIGITS = RANDOM_BITS / 4;

    /** Traces with less randomness than this are dropped; {@link #RANGE} drops all. */
    private final long threshold;

    private ProbabilitySampler(long threshold) {
        this.threshold = threshold;
    }

    /** Keeps this share of all traces, 0 to 1; a share below 2^-56 keeps none. */
    public static ProbabilitySampler of(double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("a sampling share must lie between 0 and 1, not at " + share);
        }
        return new ProbabilitySampler(RANGE - Math.round(share * RANGE));
    }

    public boolean keeps(TraceContext context) {
        return randomness(context) >= threshold;
    }

    /** Keeps a trace by the last 8 bytes of its id alone. */
    public boolean keeps(long traceIdLow) {
        return (traceIdLow & (RANGE - 1)) >= threshold;
    }

    /** How many traces a kept one stands for. Infinite when none is kept. */
    public double adjustedCount() {
        return RANGE / (double) (RANGE - threshold);
    }

    /** The threshold as the trace state's {@code th} spells it: hex without trailing zeros; empty when none is kept. */
    public String th() {
        if (threshold == RANGE) {
            return "";
        }
        String digits = Long.toHexString(RANGE | threshold).substring(1);
        int end = HEX_DIGITS;
        while (end > 1 && digits.charAt(end - 1) == '0') {
            end--;
        }
        return digits.substring(0, end);
    }

    private static long randomness(TraceContext context) {
        long explicit = explicitRandomness(context.tracestate());
        return explicit >= 0 ? explicit : context.traceIdLow() & (RANGE - 1);
    }

    /** {@code rv} of {@code ot=th:c;rv:0123456789abcd}, or -1. */
    private static long explicitRandomness(String tracestate) {
        int member = tracestate.startsWith("ot=") ? 0 : tracestate.indexOf(",ot=") + 1;
        if (tracestate.isEmpty() || !tracestate.startsWith("ot=", member)) {
            return -1;
        }
        int comma = tracestate.indexOf(',', member);
        for (String part : tracestate
                .substring(member + 3, comma < 0 ? tracestate.length() : comma)
                .split(";", -1)) {
            if (part.length() == 3 + HEX_DIGITS && part.startsWith("rv:")) {
                return parseHex(part, 3);
            }
        }
        return -1;
    }

    private static long parseHex(String text, int from) {
        long value = 0;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            int digit = c <= 'f' ? Character.digit(c, 16) : -1;
            if (digit < 0 || (c >= 'A' && c <= 'F')) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }
}
