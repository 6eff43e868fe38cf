package io.tracery.topology.api;

import io.tracery.topology.history.Past;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads which time a request is about: the last seconds, the seconds before a moment, or an interval. */
final class Times {

    static final Parameters.Span LIVE =
            new Parameters.Span("window", Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ofMinutes(10));
    static final Parameters.Span BEFORE =
            new Parameters.Span("window", Duration.ofMinutes(1), Duration.ofSeconds(10), Duration.ofHours(1));

    private static final Pattern BACK = Pattern.compile("-(\\d{1,6})(ms|s|m|h|d)");
    private static final Pattern MILLIS = Pattern.compile("\\d{1,15}");
    /** So far a moment may lie ahead and be taken for now: nobody's clock is ours. */
    private static final long AHEAD_MILLIS = 30_000;

    /**
     * What is asked for.
     *
     * @param live the last seconds before now, of which the live graph knows
     * @param window of a live question
     */
    record Asked(boolean live, Duration window, long from, long to) {}

    private final Past past;
    private final InstantSource clock;

    Times(Past past, InstantSource clock) {
        this.past = past;
        this.clock = clock;
    }

    long now() {
        return clock.millis();
    }

    /** @param standard how far back a question goes that names no time; null for the live window */
    Asked asked(Parameters parameters, @Nullable Duration standard) {
        String at = parameters.optional("at");
        String from = parameters.optional("from");
        String to = parameters.optional("to");
        long now = clock.millis();
        if (at != null && (from != null || to != null)) {
            throw new Parameters.Refused("at and from or to exclude each other: leave one out");
        }
        if (at != null) {
            return before("at", at, parameters.span(BEFORE));
        }
        if (from == null && to != null) {
            throw new Parameters.Refused("to=" + to + " needs a from, for example from=-1h");
        }
        if (from != null) {
            return upToNow(time("from", from), to == null ? now : time("to", to), "from=" + from);
        }
        Duration window = standard == null || parameters.optional("window") != null ? parameters.span(LIVE) : standard;
        return new Asked(true, window, now - window.toMillis(), now);
    }

    /** The time before a moment. */
    Asked before(String name, String text, Duration window) {
        long now = clock.millis();
        long moment = time(name, text);
        String what = name + "=" + text;
        if (moment > now + AHEAD_MILLIS) {
            throw ahead(what, now);
        }
        long end = Math.min(moment, now);
        return checked(end - window.toMillis(), end, what);
    }

    /** An interval may end ahead, as those do that answers name: they grow to whole windows, and the last is not over. */
    private Asked upToNow(long from, long to, String what) {
        long now = clock.millis();
        if (from >= now && to > from) {
            throw ahead(what, now);
        }
        return checked(from, Math.min(to, now), what);
    }

    private static Parameters.Refused ahead(String what, long now) {
        return new Parameters.Refused(what + " lies ahead: it is " + Instant.ofEpochMilli(now) + " now");
    }

    private Asked checked(long from, long to, String what) {
        if (from >= to) {
            throw new Parameters.Refused(what + " is an interval that ends before it begins");
        }
        long oldest = past.oldest();
        if (to <= oldest) {
            throw new Parameters.Refused(
                    what + " is not remembered: what is begins at " + Instant.ofEpochMilli(oldest));
        }
        return new Asked(false, Duration.ofMillis(to - from), from, to);
    }

    Past.Interval interval(Asked asked) {
        return past.interval(asked.from(), asked.to());
    }

    /** Unix milliseconds, an ISO time, {@code now}, or so long before now. */
    long time(String name, String text) {
        if (text.equals("now")) {
            return clock.millis();
        }
        Matcher back = BACK.matcher(text);
        if (back.matches()) {
            long number = Long.parseLong(back.group(1));
            return clock.millis()
                    - switch (back.group(2)) {
                        case "ms" -> number;
                        case "s" -> number * 1_000;
                        case "m" -> number * 60_000;
                        case "h" -> number * 3_600_000;
                        default -> number * 86_400_000;
                    };
        }
        if (MILLIS.matcher(text).matches()) {
            return Long.parseLong(text);
        }
        try {
            return Instant.parse(text).toEpochMilli();
        } catch (DateTimeParseException e) {
            throw new Parameters.Refused(
                    name + "=" + text
                            + " is not a time: write Unix milliseconds, 2026-01-31T13:00:00Z, now, or -15m for so long before now");
        }
    }
}
