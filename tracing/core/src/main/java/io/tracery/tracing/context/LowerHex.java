package io.tracery.tracing.context;

import java.nio.charset.StandardCharsets;

/** Hex as trace headers write it: fixed width, lower case only, in both directions. */
final class LowerHex {

    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

    private LowerHex() {}

    /** Writes 16 digits. */
    static void write(long value, byte[] into, int offset) {
        for (int i = 0; i < 16; i++) {
            into[offset + i] = DIGITS[(int) (value >>> (60 - 4 * i)) & 0xf];
        }
    }

    /** Writes 2 digits. */
    static void write(byte value, byte[] into, int offset) {
        into[offset] = DIGITS[(value >>> 4) & 0xf];
        into[offset + 1] = DIGITS[value & 0xf];
    }

    static String text(byte[] digits) {
        return new String(digits, StandardCharsets.ISO_8859_1);
    }

    /** True when every character of the range is a lower-case hex digit. */
    static boolean valid(CharSequence text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (digit(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Reads up to 16 digits, which must be valid. */
    static long read(CharSequence text, int from, int to) {
        long value = 0;
        for (int i = from; i < to; i++) {
            value = value << 4 | digit(text.charAt(i));
        }
        return value;
    }

    private static int digit(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    }
}
