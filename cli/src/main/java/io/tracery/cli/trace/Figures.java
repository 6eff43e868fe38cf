package io.tracery.cli.trace;

import java.util.Locale;

/** Numbers as people read them: three digits that matter, and a unit. */
final class Figures {

    private Figures() {}

    static String duration(double micros) {
        if (micros >= 59_950_000) {
            return digits(micros / 60e6) + " min";
        }
        if (micros >= 999_500) {
            return digits(micros / 1e6) + " s";
        }
        return micros >= 999.5 ? digits(micros / 1e3) + " ms" : digits(micros) + " µs";
    }

    private static String digits(double x) {
        return String.format(Locale.ROOT, x >= 99.95 ? "%.0f" : x >= 9.995 ? "%.1f" : "%.2f", x);
    }
}
