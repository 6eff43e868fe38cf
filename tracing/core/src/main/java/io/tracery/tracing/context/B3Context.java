package io.tracery.tracing.context;

import org.jspecify.annotations.Nullable;

/**
 * The headers of B3 propagation, in one header or in several, read and written (openzipkin/b3-propagation). Ids are read in
 * lower-case hex of 16 digits, or 32 for traces; a short trace id stays short.
 */
public final class B3Context {

    /** All in one: {@code {trace}-{span}-{1|0|d}-{parent}}, of which the last two may be missing. */
    public static final String SINGLE = "b3";

    public static final String TRACE_ID = "x-b3-traceid";
    public static final String SPAN_ID = "x-b3-spanid";
    public static final String PARENT_SPAN_ID = "x-b3-parentspanid";
    public static final String SAMPLED = "x-b3-sampled";
    /** {@code 1} for debug, which implies sampled. */
    public static final String FLAGS = "x-b3-flags";

    private static final int SPAN_DIGITS = 16;
    private static final int TRACE_DIGITS = 32;

    private B3Context() {}

    /** @return null where it names no span: a decision alone ({@code 0}) is none either */
    public static @Nullable TraceContext single(CharSequence value) {
        int traceEnd = indexOf(value, '-', 0);
        if (traceEnd < 0) {
            return null;
        }
        int spanEnd = indexOf(value, '-', traceEnd + 1);
        int end = spanEnd < 0 ? value.length() : spanEnd;
        boolean denied = false;
        if (spanEnd >= 0) {
            int sampledEnd = indexOf(value, '-', spanEnd + 1);
            int stop = sampledEnd < 0 ? value.length() : sampledEnd;
            if (stop != spanEnd + 2 || "01d".indexOf(value.charAt(spanEnd + 1)) < 0) {
                return null;
            }
            denied = value.charAt(spanEnd + 1) == '0';
            if (sampledEnd >= 0 && !id(value, sampledEnd + 1, value.length(), SPAN_DIGITS)) {
                return null;
            }
        }
        return context(value, 0, traceEnd, value, traceEnd + 1, end, denied);
    }

    /** @param sampled empty where there is no such header: then it is not decided, and taken as sampled */
    public static @Nullable TraceContext several(CharSequence traceId, CharSequence spanId, CharSequence sampled) {
        boolean denied = sampled.length() > 0 && (sampled.charAt(0) == '0' || sampled.charAt(0) == 'f');
        return context(traceId, 0, traceId.length(), spanId, 0, spanId.length(), denied);
    }

    private static @Nullable TraceContext context(
            CharSequence trace,
            int traceFrom,
            int traceTo,
            CharSequence span,
            int spanFrom,
            int spanTo,
            boolean denied) {
        boolean whole = id(trace, traceFrom, traceTo, TRACE_DIGITS);
        if ((!whole && !id(trace, traceFrom, traceTo, SPAN_DIGITS)) || !id(span, spanFrom, spanTo, SPAN_DIGITS)) {
            return null;
        }
        long high = whole ? LowerHex.read(trace, traceFrom, traceFrom + SPAN_DIGITS) : 0;
        long low = LowerHex.read(trace, traceTo - SPAN_DIGITS, traceTo);
        long spanId = LowerHex.read(span, spanFrom, spanTo);
        if ((high | low) == 0 || spanId == 0) {
            return null;
        }
        return new TraceContext(high, low, spanId, denied ? 0 : TraceContext.SAMPLED, /* tracestate= */ "");
    }

    private static boolean id(CharSequence text, int from, int to, int digits) {
        return to - from == digits && LowerHex.valid(text, from, to);
    }

    private static int indexOf(CharSequence text, char c, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) == c) {
                return i;
            }
        }
        return -1;
    }

    /** @param before the value that came: debugging goes on, and a decision without ids stays alone */
    public static String single(TraceContext context, CharSequence before) {
        int trace = indexOf(before, '-', 0);
        if (trace < 0) {
            return before.toString();
        }
        int span = indexOf(before, '-', trace + 1);
        boolean debug = span >= 0 && span + 1 < before.length() && before.charAt(span + 1) == 'd';
        return traceId(context) + '-' + context.spanIdHex() + '-' + (debug ? 'd' : context.sampled() ? '1' : '0');
    }

    /** 32 digits, or 16 where the first half is zero: so it came from somebody who knows no more. */
    public static String traceId(TraceContext context) {
        return context.traceIdHigh() == 0 ? TraceContext.spanIdHex(context.traceIdLow()) : context.traceIdHex();
    }
}
