package io.tracery.pipeline.raw;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which exchanges are asked for. What is empty is not looked at.
 *
 * @param since how far back
 * @param trace an id, 32 lower-case hex digits
 * @param service {@code cart}, or {@code shop/cart}
 * @param fate a label, or {@code !} and a label for all others; spans without a fate are no exchanges of the mesh and have neither
 * @param status {@code 503}, {@code 5xx}, or a gRPC status by name
 * @param path what the path begins with
 * @param minNanos how long it took at least
 * @param maxNanos how long it took at most
 * @param limit so many of the newest
 */
record RawQuery(
        Duration since,
        String trace,
        String service,
        String fate,
        String status,
        String path,
        long minNanos,
        long maxNanos,
        int limit) {

    static final int MOST = 1_000;

    private static final Duration USUAL = Duration.ofMinutes(5);
    private static final int USUAL_LIMIT = 20;
    private static final Set<String> NAMES = new TreeSet<>(
            List.of("since", "trace", "service", "fate", "status", "path", "minDuration", "maxDuration", "limit"));
    private static final Pattern TRACE = Pattern.compile("[0-9a-fA-F]{1,32}");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,6})?)(us|µs|ms|s|m|h)");

    /** @throws IllegalArgumentException saying which parameter is wrong, and what it may be */
    static RawQuery parse(Map<String, String> parameters) {
        for (String name : parameters.keySet()) {
            if (!NAMES.contains(name)) {
                throw new IllegalArgumentException("there is no parameter " + name + "; there are " + NAMES);
            }
        }
        String trace = parameters.getOrDefault("trace", "");
        if (!trace.isEmpty() && !TRACE.matcher(trace).matches()) {
            throw new IllegalArgumentException("trace is " + trace + "; it has up to 32 hexadecimal digits");
        }
        String since = parameters.getOrDefault("since", "");
        return new RawQuery(
                since.isEmpty() ? USUAL : Duration.ofNanos(nanos("since", since)),
                trace.isEmpty() ? "" : "0".repeat(32 - trace.length()) + trace.toLowerCase(Locale.ROOT),
                parameters.getOrDefault("service", ""),
                parameters.getOrDefault("fate", ""),
                parameters.getOrDefault("status", "").toLowerCase(Locale.ROOT),
                parameters.getOrDefault("path", ""),
                nanos("minDuration", parameters.getOrDefault("minDuration", "0s")),
                nanos("maxDuration", parameters.getOrDefault("maxDuration", "999999999h")),
                limit(parameters.getOrDefault("limit", String.valueOf(USUAL_LIMIT))));
    }

    private static int limit(String text) {
        if (!text.matches("\\d{1,4}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > MOST) {
            throw new IllegalArgumentException("limit is " + text + "; set it to 1.." + MOST);
        }
        return Integer.parseInt(text);
    }

    private static long nanos(String name, String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    name + " is " + text + "; it is a number with us, ms, s, m or h, for example 100ms");
        }
        TimeUnit unit = switch (matcher.group(2)) {
            case "us", "µs" -> TimeUnit.MICROSECONDS;
            case "ms" -> TimeUnit.MILLISECONDS;
            case "s" -> TimeUnit.SECONDS;
            case "m" -> TimeUnit.MINUTES;
            default -> TimeUnit.HOURS;
        };
        return Math.round(Double.parseDouble(matcher.group(1)) * unit.toNanos(1));
    }

    boolean matches(RawSpan span) {
        return (trace.isEmpty() || trace.equals(span.traceId()))
                && span.durationNanos() >= minNanos
                && span.durationNanos() <= maxNanos
                && (service.isEmpty() || span.isOf(service))
                && (fate.isEmpty() || matchesFate(span.fate()))
                && (status.isEmpty() || matchesStatus(span.status()))
                && span.path().startsWith(path);
    }

    private boolean matchesFate(String of) {
        return fate.startsWith("!") ? !of.isEmpty() && !of.equals(fate.substring(1)) : of.equals(fate);
    }

    private boolean matchesStatus(String of) {
        return status.endsWith("xx")
                ? of.length() == status.length() && of.charAt(0) == status.charAt(0)
                : of.equalsIgnoreCase(status);
    }
}
