package io.tracery.tracing.context;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The headers {@code traceparent} and {@code tracestate} of W3C Trace Context Level 2, read and written.
 *
 * <p>What is not exactly as specified counts as absent: then a new trace begins and the trace state goes, because it
 * belonged to a trace that can no longer be named. A bad trace state never costs the trace parent.
 */
public final class W3cTraceContext {

    /** Header names, lower case as HTTP/2 demands. */
    public static final String TRACEPARENT = "traceparent";

    public static final String TRACESTATE = "tracestate";

    private static final int LENGTH = 55;

    private W3cTraceContext() {}

    /**
     * Reads the headers of a request.
     *
     * @param traceparents the values of that header; anything but exactly one is no trace parent
     * @param tracestates the values of that header, in order
     * @return null when a new trace must begin
     */
    public static @Nullable TraceContext parse(
            List<? extends CharSequence> traceparents, List<? extends CharSequence> tracestates) {
        if (traceparents.size() != 1) {
            return null;
        }
        CharSequence tracestate = switch (tracestates.size()) {
            case 0 -> "";
            case 1 -> tracestates.getFirst();
            default -> String.join(",", tracestates);
        };
        return parse(traceparents.getFirst(), tracestate);
    }

    /**
     * Reads the one {@code traceparent} of a request.
     *
     * @param tracestate the value of {@code tracestate}, several joined by commas; empty when there is none
     * @return null when a new trace must begin
     */
    public static @Nullable TraceContext parse(CharSequence traceparent, CharSequence tracestate) {
        int from = Tracestate.skipSpace(traceparent, 0, traceparent.length());
        int to = Tracestate.trimSpace(traceparent, from, traceparent.length());
        if (!wellFormed(traceparent, from, to)) {
            return null;
        }
        long traceIdHigh = LowerHex.read(traceparent, from + 3, from + 19);
        long traceIdLow = LowerHex.read(traceparent, from + 19, from + 35);
        long spanId = LowerHex.read(traceparent, from + 36, from + 52);
        if ((traceIdHigh | traceIdLow) == 0 || spanId == 0) {
            return null;
        }
        byte flags = (byte) LowerHex.read(traceparent, from + 53, from + 55);
        return new TraceContext(traceIdHigh, traceIdLow, spanId, flags, Tracestate.valid(tracestate));
    }

    /** The value of {@code traceparent}: always version 00, 55 characters. */
    public static String traceparent(TraceContext context) {
        return LowerHex.text(traceparentAscii(context));
    }

    /** As {@link #traceparent}, the caller's own bytes of ASCII. */
    public static byte[] traceparentAscii(TraceContext context) {
        byte[] text = new byte[LENGTH];
        text[0] = '0';
        text[1] = '0';
        text[2] = '-';
        LowerHex.write(context.traceIdHigh(), text, 3);
        LowerHex.write(context.traceIdLow(), text, 19);
        text[35] = '-';
        LowerHex.write(context.spanId(), text, 36);
        text[52] = '-';
        LowerHex.write(context.flags(), text, 53);
        return text;
    }

    private static boolean wellFormed(CharSequence text, int from, int to) {
        if (to - from < LENGTH
                || text.charAt(from + 2) != '-'
                || text.charAt(from + 35) != '-'
                || text.charAt(from + 52) != '-'
                || !LowerHex.valid(text, from, from + 2)
                || !LowerHex.valid(text, from + 3, from + 35)
                || !LowerHex.valid(text, from + 36, from + 52)
                || !LowerHex.valid(text, from + 53, from + LENGTH)) {
            return false;
        }
        long version = LowerHex.read(text, from, from + 2);
        if (version == 0) {
            return to - from == LENGTH;
        }
        // A later version may say more after a dash; what it says up to there must still mean the same.
        return version != 0xff && (to - from == LENGTH || text.charAt(from + LENGTH) == '-');
    }
}
