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
    /** Between thresholds of four digits. */
    private static final long SHORT_STEP = 1L << (RANDOM_BITS - 16);

    private static final String MEMBER = "ot=";
    private static final String THRESHOLD = "th:";
    private static final String[] NONE = {};
    private static final int LONGEST_STATE = 512;

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

    /** Keeps about this share of all traces, by a threshold of few digits: every span that is kept has to say it. */
    public static ProbabilitySampler roughly(double share) {
        long exact = of(share).threshold;
        return new ProbabilitySampler(Math.min(exact, RANGE - SHORT_STEP) & -SHORT_STEP);
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

    /**
     * A trace that is kept, with a trace state whose member {@code ot} says by which threshold; where somebody kept fewer before,
     * it says so already and stays as it is.
     */
    public TraceContext marked(TraceContext kept) {
        String before = kept.tracestate();
        if (threshold == 0 || thresholdOf(before) >= threshold) {
            return kept;
        }
        StringBuilder state = new StringBuilder(MEMBER).append(THRESHOLD).append(th());
        for (String part : parts(before)) {
            if (!part.isEmpty() && !part.startsWith(THRESHOLD)) {
                state.append(';').append(part);
            }
        }
        for (String member : before.split(",", -1)) {
            if (!member.isEmpty() && !member.startsWith(MEMBER) && state.length() + member.length() < LONGEST_STATE) {
                state.append(',').append(member);
            }
        }
        return new TraceContext(kept.traceIdHigh(), kept.traceIdLow(), kept.spanId(), kept.flags(), state.toString());
    }

    /** How many traces one stands for, by its trace state: 1 where that says nothing. */
    public static double adjustedCount(String tracestate) {
        return RANGE / (double) (RANGE - Math.max(0, thresholdOf(tracestate)));
    }

    /** {@code th}, or -1. */
    private static long thresholdOf(String tracestate) {
        for (String part : parts(tracestate)) {
            int digits = part.length() - THRESHOLD.length();
            if (part.startsWith(THRESHOLD) && digits >= 1 && digits <= HEX_DIGITS) {
                long value = parseHex(part, THRESHOLD.length());
                return value < 0 ? -1 : value << (4 * (HEX_DIGITS - digits));
            }
        }
        return -1;
    }

    /** Of the member {@code ot}; none where there is no such member. */
    private static String[] parts(String tracestate) {
        int member = tracestate.startsWith(MEMBER) ? 0 : tracestate.indexOf("," + MEMBER) + 1;
        if (!tracestate.startsWith(MEMBER, member)) {
            return NONE;
        }
        int comma = tracestate.indexOf(',', member);
        return tracestate
                .substring(member + MEMBER.length(), comma < 0 ? tracestate.length() : comma)
                .split(";", -1);
    }

    private static long randomness(TraceContext context) {
        long explicit = explicitRandomness(context.tracestate());
        return explicit >= 0 ? explicit : context.traceIdLow() & (RANGE - 1);
    }

    /** {@code rv} of {@code ot=th:c;rv:0123456789abcd}, or -1. */
    private static long explicitRandomness(String tracestate) {
        for (String part : parts(tracestate)) {
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
