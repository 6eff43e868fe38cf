package io.tracery.search.jaeger;

import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go writes them and Jaeger's parameters want them: {@code 1.2s}, {@code 100ms}, {@code 1h30m}. */
final class GoDuration {

    private static final Pattern TERM = Pattern.compile("([0-9]+\\.?[0-9]*|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)");
    private static final int LONGEST = 64;

    private GoDuration() {}

    /** Nanoseconds; the largest long where they would be more. @throws IllegalArgumentException when it is none */
    static long parse(String text) {
        if (text.equals("0")) {
            return 0;
        }
        Matcher term = TERM.matcher(text);
        BigDecimal nanos = BigDecimal.ZERO;
        int end = 0;
        while (text.length() <= LONGEST && term.find() && term.start() == end) {
            nanos = nanos.add(new BigDecimal(term.group(1)).multiply(BigDecimal.valueOf(nanosOf(term.group(2)))));
            end = term.end();
        }
        if (end == 0 || end != text.length()) {
            throw new IllegalArgumentException("'" + text + "' is no duration such as 1.2s, 100ms or 500us");
        }
        return nanos.min(BigDecimal.valueOf(Long.MAX_VALUE)).longValue();
    }

    private static long nanosOf(String unit) {
        return switch (unit) {
            case "ns" -> 1L;
            case "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            case "m" -> 60_000_000_000L;
            case "h" -> 3_600_000_000_000L;
            default -> 1_000L; // us, with any of its three first letters
        };
    }
}
