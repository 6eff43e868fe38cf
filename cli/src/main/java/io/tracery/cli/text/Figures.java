package io.tracery.cli.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Numbers of the API as people read them: three digits that matter, and a unit. What is not known is a dash. */
public final class Figures {

    public static final String NONE = "–";

    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final double K = 1024;

    private Figures() {}

    /** A number a second. */
    public static String rate(JsonNode perSecond) {
        if (!perSecond.isNumber()) {
            return NONE;
        }
        double x = perSecond.asDouble();
        return (x == 0 ? "0" : scaled(x)) + "/s";
    }

    /** Of milliseconds. */
    public static String latency(JsonNode millis) {
        return millis.isNumber() ? latency(millis.asDouble()) : NONE;
    }

    /** Of milliseconds. */
    public static String latency(double ms) {
        if (ms >= 59_950) {
            return digits(ms / 60_000) + " min";
        }
        if (ms >= 999.5) {
            return digits(ms / 1_000) + " s";
        }
        return ms >= 0.9995 ? digits(ms) + " ms" : ms == 0 ? "0 ms" : digits(ms * 1_000) + " µs";
    }

    /** A share of 1 as a percentage. Never rounds up to 100 or down to 0: those two say "all" and "none". */
    public static String share(JsonNode share) {
        if (!share.isNumber()) {
            return NONE;
        }
        double x = share.asDouble();
        if (x >= 1 || x <= 0) {
            return x >= 1 ? "100 %" : "0 %";
        }
        double percent = x * 100;
        if (percent > 99.99) {
            return ">99.99 %";
        }
        if (percent < 0.01) {
            return "<0.01 %";
        }
        return (percent >= 90 ? String.format(Locale.ROOT, "%.2f", percent) : digits(percent)) + " %";
    }

    public static String bytes(JsonNode count) {
        if (!count.isNumber()) {
            return NONE;
        }
        double x = count.asDouble();
        if (x >= K * K * K) {
            return digits(x / K / K / K) + " GiB";
        }
        if (x >= K * K) {
            return digits(x / K / K) + " MiB";
        }
        return x >= K ? digits(x / K) + " KiB" : String.format(Locale.ROOT, "%.0f B", x);
    }

    /** How many, scaled where there are many. */
    public static String count(JsonNode number) {
        if (!number.isNumber()) {
            return NONE;
        }
        double x = number.asDouble();
        return x >= 99_999.5 ? scaled(x) : String.format(Locale.ROOT, "%.0f", x);
    }

    /** Of Unix milliseconds. */
    public static String clock(long millis) {
        return CLOCK.format(Instant.ofEpochMilli(millis));
    }

    /** Of Unix milliseconds, with its day. */
    public static String day(long millis) {
        return DAY.format(Instant.ofEpochMilli(millis));
    }

    /** A span of milliseconds in the coarsest unit that still says something. */
    public static String span(long millis) {
        long seconds = Math.round(millis / 1_000.0);
        if (seconds < 100) {
            return seconds + " s";
        }
        long minutes = Math.round(seconds / 60.0);
        long hours = Math.round(minutes / 60.0);
        return minutes < 100 ? minutes + " min" : hours < 48 ? hours + " h" : Math.round(hours / 24.0) + " d";
    }

    private static String scaled(double x) {
        if (x >= 999.5e6) {
            return digits(x / 1e9) + "G";
        }
        if (x >= 999.5e3) {
            return digits(x / 1e6) + "M";
        }
        return x >= 999.5 ? digits(x / 1e3) + "k" : digits(x);
    }

    private static String digits(double x) {
        return String.format(Locale.ROOT, x >= 99.95 ? "%.0f" : x >= 9.995 ? "%.1f" : "%.2f", x);
    }
}
