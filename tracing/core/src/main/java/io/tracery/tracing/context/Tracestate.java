package io.tracery.tracing.context;

/**
 * The header {@code tracestate}: other vendors' {@code key=value} members, which travel on unread. One malformed member
 * makes the whole header absent; a header that is only too long loses whole members, those over 128 characters first and
 * then from the right, as the specification asks.
 */
final class Tracestate {

    /** What is kept at most; the specification asks that at least this much travels on. */
    static final int MAX_LENGTH = 512;

    private static final int MAX_MEMBERS = 32;
    private static final int MAX_KEY = 256;
    private static final int MAX_VALUE = 256;
    private static final int LARGE_MEMBER = 128;

    private Tracestate() {}

    /** The header's members, without white space and empty members, within the limit; empty when it is malformed. */
    static String valid(CharSequence header) {
        int length = header.length();
        if (length == 0) {
            return "";
        }
        int members = 0;
        boolean asWritten = true;
        for (int start = 0; start <= length; ) {
            int end = memberEnd(header, start, length);
            int from = skipSpace(header, start, end);
            int to = trimSpace(header, from, end);
            if (from < to) {
                members++;
                if (members > MAX_MEMBERS || !validMember(header, from, to)) {
                    return "";
                }
            }
            asWritten &= from == start && to == end && from < to;
            start = end + 1;
        }
        return asWritten && length <= MAX_LENGTH ? header.toString() : rebuild(header, members);
    }

    /** Copies the valid members, leaving out what does not fit. */
    private static String rebuild(CharSequence header, int members) {
        int length = header.length();
        int[] bounds = new int[members * 2];
        int count = 0;
        int total = 0;
        for (int start = 0; start <= length; ) {
            int end = memberEnd(header, start, length);
            int from = skipSpace(header, start, end);
            int to = trimSpace(header, from, end);
            if (from < to) {
                bounds[count++] = from;
                bounds[count++] = to;
                total += to - from + 1;
            }
            start = end + 1;
        }
        // Each member counts with one comma, the text has one comma fewer than members.
        int excess = total - 1 - MAX_LENGTH;
        excess = drop(bounds, excess, LARGE_MEMBER);
        drop(bounds, excess, 0);
        StringBuilder kept = new StringBuilder(MAX_LENGTH);
        for (int i = 0; i < bounds.length; i += 2) {
            if (bounds[i] < bounds[i + 1]) {
                kept.append(kept.isEmpty() ? "" : ",").append(header, bounds[i], bounds[i + 1]);
            }
        }
        return kept.toString();
    }

    /** Empties members longer than a size, from the right, until nothing is in excess; returns what still is. */
    private static int drop(int[] bounds, int excess, int longerThan) {
        for (int i = bounds.length - 2; i >= 0 && excess > 0; i -= 2) {
            int size = bounds[i + 1] - bounds[i];
            if (size > longerThan) {
                bounds[i + 1] = bounds[i];
                excess -= size + 1;
            }
        }
        return excess;
    }

    private static int memberEnd(CharSequence header, int from, int length) {
        int end = from;
        while (end < length && header.charAt(end) != ',') {
            end++;
        }
        return end;
    }

    private static boolean validMember(CharSequence header, int from, int to) {
        int equals = from;
        while (equals < to && header.charAt(equals) != '=') {
            if (!keyCharacter(header.charAt(equals), equals == from)) {
                return false;
            }
            equals++;
        }
        int valueLength = to - equals - 1;
        if (equals == from || equals - from > MAX_KEY || valueLength < 1 || valueLength > MAX_VALUE) {
            return false;
        }
        for (int i = equals + 1; i < to; i++) {
            char c = header.charAt(i);
            if (c < 0x20 || c > 0x7e || c == '=') {
                return false;
            }
        }
        return true;
    }

    private static boolean keyCharacter(char c, boolean first) {
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            return true;
        }
        return !first && (c == '_' || c == '-' || c == '*' || c == '/' || c == '@');
    }

    static int skipSpace(CharSequence text, int from, int to) {
        int i = from;
        while (i < to && space(text.charAt(i))) {
            i++;
        }
        return i;
    }

    static int trimSpace(CharSequence text, int from, int to) {
        int i = to;
        while (i > from && space(text.charAt(i - 1))) {
            i--;
        }
        return i;
    }

    private static boolean space(char c) {
        return c == ' ' || c == '\t';
    }
}
