package io.tracery.controlplane.api;

import io.tracery.controlplane.api.tap.Filter;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a tap may ask for, the same for everybody who reads a filter. */
public final class TapRules {

    /** A tap may look back so far, though sidecars seldom remember it all. */
    public static final int MOST_SINCE_MILLIS = 3_600_000;

    public static final int MOST_PER_SECOND = 500;
    public static final int USUAL_PER_SECOND = 50;
    public static final int MOST_LIMIT = 10_000;

    /** What is looked back to is held to so many seconds' worth. */
    public static final int LOOK_BACK_SECONDS = 10;

    private static final int MOST_TEXT = 1024;
    private static final int ALL_PERCENT = 100;
    private static final Pattern STATUS = Pattern.compile("[1-5]([0-9]{2}|xx)|[A-Z][A-Z_]{1,24}");
    private static final Pattern TRACE = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern HEADER = Pattern.compile("[!#$%&'*+.^_`|~0-9a-z-]+(:.*)?");

    private TapRules() {}

    /** What is wrong with a filter, for the one who wrote it. */
    public static Optional<String> problem(Filter filter) {
        if (longest(filter) > MOST_TEXT) {
            return Optional.of("no value has more than " + MOST_TEXT + " characters");
        }
        if (!matches(STATUS, filter.getStatus())) {
            return Optional.of("status is for example 503, 5xx or UNAVAILABLE, not " + filter.getStatus());
        }
        String direction = filter.getDirection();
        if (!direction.isEmpty() && !direction.equals("inbound") && !direction.equals("outbound")) {
            return Optional.of("direction is inbound or outbound, not " + direction);
        }
        if (!matches(TRACE, filter.getTrace())) {
            return Optional.of("trace is 32 hexadecimal digits in lower case, not " + filter.getTrace());
        }
        if (!matches(HEADER, filter.getHeader())) {
            return Optional.of("header is name or name:value, the name in lower case, not " + filter.getHeader());
        }
        if (!(filter.getLeastMillis() >= 0)) {
            return Optional.of("the least duration is not negative");
        }
        return filter.getPercent() < 0 || filter.getPercent() > ALL_PERCENT
                ? Optional.of("sample is a percentage from 1 to 100, not " + filter.getPercent())
                : Optional.empty();
    }

    private static boolean matches(Pattern pattern, String text) {
        return text.isEmpty() || pattern.matcher(text).matches();
    }

    private static int longest(Filter filter) {
        int longest = 0;
        for (String text : new String[] {
            filter.getDirection(),
            filter.getFate(),
            filter.getStatus(),
            filter.getMethod(),
            filter.getPath(),
            filter.getPeer(),
            filter.getRoute(),
            filter.getHeader(),
            filter.getTrace()
        }) {
            longest = Math.max(longest, text.length());
        }
        return longest;
    }
}
