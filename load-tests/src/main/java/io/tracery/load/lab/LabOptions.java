package io.tracery.load.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one run of the lab does.
 *
 * @param against peers beside ours, by name
 * @param rounds how often every proxy is measured, in turn
 * @param seconds length of one measurement
 * @param warmupSeconds saturated load before the first round, for every proxy
 * @param connections keep-alive connections of the load generator
 * @param results file for the raw results, or null
 * @param json true to print one JSON object per peer instead of the table
 */
record LabOptions(
        List<String> against,
        int rounds,
        int seconds,
        int warmupSeconds,
        int connections,
        @Nullable Path results,
        boolean json) {

    static final String USAGE = """
            usage: lab [--against haproxy,nginx] [--rounds 1..50] [--seconds 1..120] [--warmup 1..300]
                       [--connections 1..1000] [--results FILE] [--json]""";

    /**
     * @throws IllegalArgumentException with a sentence for the user
     */
    static LabOptions parse(List<String> args) {
        List<String> rest = new ArrayList<>(args);
        boolean json = rest.remove("--json");
        String against = take(rest, "--against", "haproxy,nginx");
        int rounds = number(rest, "--rounds", 5, 50);
        int seconds = number(rest, "--seconds", 8, 120);
        int warmup = number(rest, "--warmup", 20, 300);
        int connections = number(rest, "--connections", 32, 1000);
        String results = take(rest, "--results", "");
        if (!rest.isEmpty()) {
            throw new IllegalArgumentException("unknown: " + String.join(" ", rest) + "\n" + USAGE);
        }
        return new LabOptions(
                Arrays.stream(against.split(","))
                        .filter(peer -> !peer.isBlank())
                        .toList(),
                rounds,
                seconds,
                warmup,
                connections,
                results.isEmpty() ? null : Path.of(results),
                json);
    }

    private static String take(List<String> args, String option, String standard) {
        int at = args.indexOf(option);
        if (at < 0) {
            return standard;
        }
        if (at + 1 == args.size()) {
            throw new IllegalArgumentException(option + " needs a value\n" + USAGE);
        }
        String value = args.get(at + 1);
        args.subList(at, at + 2).clear();
        return value;
    }

    private static int number(List<String> args, String option, int standard, int most) {
        String text = take(args, option, Integer.toString(standard));
        try {
            int value = Integer.parseInt(text);
            if (value >= 1 && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Answered below, together with a number that is out of bounds.
        }
        throw new IllegalArgumentException(option + " must be 1.." + most + ", not " + text + "\n" + USAGE);
    }
}
