package io.tracery.topology.json;

/** Numbers with six significant digits, in plain notation and without zeros at their end: a large graph has a million of them. */
final class SixDigits {

    private static final int DIGITS = 6;
    private static final int LEAST = 100_000;

    /** Powers of ten that a double holds exactly, which makes scaling by one of them a single rounding. */
    private static final double[] POWERS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
    };

    private static final char[] NONE = {};

    private SixDigits() {}

    /** The text of a number from 1e-9 to 1e6, exclusive, of either sign; nothing for others. */
    static char[] text(double value) {
        double size = Math.abs(value);
        if (!(size >= 1e-9 && size < 1e6)) {
            return NONE;
        }
        int decimals = DIGITS - 1 - (int) Math.floor(Math.log10(size));
        long digits = Math.round(size * POWERS[decimals]);
        // The logarithm may be off by one next to a power of ten, and rounding may reach the next one.
        if (digits >= LEAST * 10L && decimals > 0) {
            decimals--;
            digits = Math.round(size * POWERS[decimals]);
        } else if (digits < LEAST) {
            decimals++;
            digits = Math.round(size * POWERS[decimals]);
        }
        while (decimals > 0 && digits % 10 == 0) {
            digits /= 10;
            decimals--;
        }
        return plain(value < 0, digits, decimals);
    }

    private static char[] plain(boolean negative, long digits, int decimals) {
        int before = 1;
        for (long rest = digits / (long) POWERS[decimals]; rest >= 10; rest /= 10) {
            before++;
        }
        int sign = negative ? 1 : 0;
        char[] text = new char[sign + before + (decimals > 0 ? 1 + decimals : 0)];
        long rest = digits;
        for (int at = text.length - 1; at >= sign; at--) {
            if (decimals > 0 && at == sign + before) {
                text[at] = '.';
            } else {
                text[at] = (char) ('0' + rest % 10);
                rest /= 10;
            }
        }
        if (negative) {
            text[0] = '-';
        }
        return text;
    }
}
