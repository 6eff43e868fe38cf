package io.tracery.cli.trace;

import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which exchanges are asked for; what is left out is not looked at. */
final class Wanted {

    private static final Pattern ID = Pattern.compile("[0-9a-f]{1,32}");
    private static final Pattern DURATION = Pattern.compile("\\d{1,9}(\\.\\d{1,6})?(us|ms|s|m|h)");
    private static final int MOST = 1_000;

    @Option(names = "--trace", paramLabel = "ID", description = "Of this trace.")
    private String trace = "";

    @Option(names = "--service", paramLabel = "NAME", description = "Seen by this workload: cart, or shop/cart.")
    private String service = "";

    @Option(
            names = "--fate",
            paramLabel = "FATE",
            description = "How it ended: served, app_error, ...; !served: any other.")
    private String fate = "";

    @Option(names = "--status", paramLabel = "STATUS", description = "503, 5xx, or a gRPC status: UNAVAILABLE.")
    private String status = "";

    @Option(names = "--path", paramLabel = "PREFIX", description = "What its path begins with.")
    private String path = "";

    @Option(names = "--min-duration", paramLabel = "TIME", description = "It took at least: 100ms, 1.5s.")
    private String minDuration = "";

    @Option(names = "--max-duration", paramLabel = "TIME", description = "It took at most.")
    private String maxDuration = "";

    @Option(names = "--since", paramLabel = "TIME", description = "How far back: 30s, 5m, 2h; default: 5m.")
    private String since = "5m";

    @Option(names = "--limit", paramLabel = "N", description = "So many of the newest; default: 20.")
    private int limit = 20;

    void check(CommandLine line) {
        if (!trace.isEmpty() && !ID.matcher(trace).matches()) {
            throw new ParameterException(line, trace + " is no trace id: up to 32 hexadecimal digits in lower case");
        }
        duration(line, "--min-duration", minDuration);
        duration(line, "--max-duration", maxDuration);
        duration(line, "--since", since.isEmpty() ? "?" : since);
        if (limit < 1 || limit > MOST) {
            throw new ParameterException(line, "--limit is " + limit + "; set it to 1.." + MOST);
        }
    }

    private static void duration(CommandLine line, String option, String value) {
        if (!value.isEmpty() && !DURATION.matcher(value).matches()) {
            throw new ParameterException(
                    line, option + " is " + value + "; it is a number with us, ms, s, m or h, for example 100ms");
        }
    }

    String trace() {
        return trace;
    }

    String service() {
        return service;
    }

    String fate() {
        return fate;
    }

    String status() {
        return status;
    }

    String path() {
        return path;
    }

    String minDuration() {
        return minDuration;
    }

    String maxDuration() {
        return maxDuration;
    }

    String since() {
        return since;
    }

    int limit() {
        return limit;
    }

    /** Microseconds; the fallback for nothing. */
    static double micros(String duration, double fallback) {
        if (duration.isEmpty()) {
            return fallback;
        }
        String number = duration.replaceAll("[a-z]", "");
        double one = switch (duration.substring(number.length())) {
            case "us" -> 1;
            case "ms" -> 1e3;
            case "s" -> 1e6;
            case "m" -> 60e6;
            default -> 3_600e6;
        };
        return Double.parseDouble(number) * one;
    }

    /** What a server that was asked for less than this has not looked at. */
    boolean matches(ExchangeRow row) {
        return (trace.isEmpty() || row.trace().endsWith(trace))
                && (service.isEmpty()
                        || row.service().equals(service)
                        || (service.indexOf('/') < 0 && row.service().endsWith("/" + service)))
                && (fate.isEmpty() || matchesFate(row.fate()))
                && (status.isEmpty() || matchesStatus(row.status()))
                && row.path().startsWith(path)
                && row.micros() >= micros(minDuration, 0)
                && row.micros() <= micros(maxDuration, Double.MAX_VALUE);
    }

    private boolean matchesFate(String of) {
        return fate.startsWith("!") ? !of.isEmpty() && !of.equals(fate.substring(1)) : of.equals(fate);
    }

    private boolean matchesStatus(String of) {
        return status.toLowerCase(java.util.Locale.ROOT).endsWith("xx")
                ? of.length() == status.length() && of.charAt(0) == status.charAt(0)
                : of.equalsIgnoreCase(status);
    }
}
