package io.tracery.tracing.context;

import org.jspecify.annotations.Nullable;

/**
 * Jaeger's own header {@code uber-trace-id: {trace}:{span}:{parent}:{flags}}, read and written: hexadecimal numbers whose
 * leading zeros may be missing, colons perhaps as {@code %3A}.
 */
public final class JaegerContext {

    public static final String HEADER = "uber-trace-id";

    private static final int SAMPLED = 1;
    private static final int TRACE_DIGITS = 32;
    private static final int SPAN_DIGITS = 16;
    private static final int FLAGS_DIGITS = 2;
    private static final int PARTS = 4;

    private JaegerContext() {}

    /** @return null where it names no span */
    public static @Nullable TraceContext parse(CharSequence value) {
        if (value.length() > TRACE_DIGITS + 2 * SPAN_DIGITS + FLAGS_DIGITS + 3 * PARTS) {
            return null;
        }
        String[] parts = colons(value).split(":", -1);
        if (parts.length != PARTS
                || !number(parts[0], TRACE_DIGITS)
                || !number(parts[1], SPAN_DIGITS)
                || !number(parts[2], SPAN_DIGITS)
                || !number(parts[3], FLAGS_DIGITS)) {
            return null;
        }
        int split = Math.max(0, parts[0].length() - SPAN_DIGITS);
        long high = LowerHex.read(parts[0], 0, split);
        long low = LowerHex.read(parts[0], split, parts[0].length());
        long span = LowerHex.read(parts[1], 0, parts[1].length());
        if ((high | low) == 0 || span == 0) {
            return null;
        }
        boolean sampled = (LowerHex.read(parts[3], 0, parts[3].length()) & SAMPLED) != 0;
        return new TraceContext(high, low, span, sampled ? TraceContext.SAMPLED : 0, /* tracestate= */ "");
    }

    private static String colons(CharSequence value) {
        return value.toString().replace("%3A", ":").replace("%3a", ":");
    }

    private static boolean number(String digits, int most) {
        return !digits.isEmpty() && digits.length() <= most && LowerHex.valid(digits, 0, digits.length());
    }

    /** @param before the value that came: its flags stay, but for whether it is sampled */
    public static String of(TraceContext context, CharSequence before) {
        String text = colons(before);
        String flags = text.substring(text.lastIndexOf(':') + 1);
        long bits = number(flags, FLAGS_DIGITS) ? LowerHex.read(flags, 0, flags.length()) : 0;
        bits = context.sampled() ? bits | SAMPLED : bits & ~SAMPLED;
        return B3Context.traceId(context) + ':' + context.spanIdHex() + ":0:" + Long.toHexString(bits);
    }
}
