package io.tracery.load.lab;

import io.tracery.load.lab.peer.Installs;
import io.tracery.load.lab.peer.Peer;
import io.tracery.load.lab.peer.Peers;
import io.tracery.load.lab.work.Measure;
import io.tracery.load.lab.work.Work;
import io.tracery.load.lab.work.Works;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What one run of the lab does.
 *
 * @param against peers beside ours
 * @param works what they are made to do
 * @param measures what is measured of it, of what the work allows
 * @param amounts how much and how often
 * @param results folder for the raw results
 * @param output what is printed in the end
 * @param install whether missing programs may be installed
 */
public record LabOptions(
        List<Peer> against,
        List<Work> works,
        Set<Measure> measures,
        Amounts amounts,
        Path results,
        Output output,
        Installs.Permission install) {

    /** What is printed on standard output. */
    public enum Output {
        TABLE,
        JSON,
        /** Nothing is measured: the page is made anew from the raw results that are there. */
        PAGE
    }

    /**
     * @param rounds how often every proxy is measured, in turn
     * @param seconds length of one saturated or open-loop run
     * @param warmupSeconds saturated load before the first round, for every proxy
     * @param connections keep-alive connections of saturated HTTP/1.1
     * @param rates requests per second of the open loop
     * @param bodyGibibytes that one run of large bodies moves
     * @param handshakes new connections per second
     * @param idle open connections
     * @param minutes that sidecars are under load before their memory is read
     */
    public record Amounts(
            int rounds,
            int seconds,
            int warmupSeconds,
            int connections,
            List<Integer> rates,
            int bodyGibibytes,
            int handshakes,
            int idle,
            int minutes) {}

    private static final int MOST_RATE = 100_000;

    /**
     * @throws IllegalArgumentException with a sentence for the user
     */
    public static LabOptions parse(List<String> args) {
        List<String> rest = new ArrayList<>(args);
        boolean json = rest.remove("--json");
        boolean page = rest.remove("--page");
        boolean install = rest.remove("--install");
        String against = take(rest, "--against", "haproxy,nginx");
        Optional<Path> linkerd = Optional.of(take(rest, "--linkerd", ""))
                .filter(Predicate.not(String::isEmpty))
                .map(Path::of);
        String works = take(rest, "--work", "h1");
        String measures = take(rest, "--measure", "all");
        Amounts amounts = new Amounts(
                number(rest, "--rounds", 5, 50),
                number(rest, "--seconds", 8, 120),
                number(rest, "--warmup", 45, 300),
                number(rest, "--connections", 32, 1000),
                rates(take(rest, "--rates", "2000,10000,20000")),
                number(rest, "--gibibytes", 8, 1024),
                number(rest, "--handshakes", 2000, 10_000),
                number(rest, "--idle", 10_000, 20_000),
                number(rest, "--minutes", 10, 120));
        Path results = Path.of(take(rest, "--results", "load-tests/results"));
        if (!rest.isEmpty()) {
            throw new IllegalArgumentException("unknown: " + String.join(" ", rest));
        }
        if (linkerd.isPresent() && names(against).noneMatch(Peers.LINKERD::equals)) {
            throw new IllegalArgumentException(
                    "--linkerd says where " + Peers.LINKERD + " is, which is not among --against " + against);
        }
        return new LabOptions(
                names(against).map(name -> Peers.named(name, linkerd)).toList(),
                works.equals("all")
                        ? Works.all()
                        : names(works).map(Works::named).toList(),
                measures(measures),
                amounts,
                results,
                page ? Output.PAGE : json ? Output.JSON : Output.TABLE,
                install ? Installs.Permission.ASKED : Installs.Permission.NOT_ASKED);
    }

    private static Stream<String> names(String list) {
        return Arrays.stream(list.split(",")).map(String::strip).filter(Predicate.not(String::isEmpty));
    }

    private static Set<Measure> measures(String list) {
        if (list.equals("all")) {
            return EnumSet.allOf(Measure.class);
        }
        return names(list)
                .map(LabOptions::measure)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Measure.class)));
    }

    private static Measure measure(String label) {
        return Arrays.stream(Measure.values())
                .filter(measure -> measure.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("cannot measure " + label + "; known: "
                        + Arrays.stream(Measure.values()).map(Measure::label).collect(Collectors.joining(", "))));
    }

    private static List<Integer> rates(String list) {
        return names(list)
                .map(text -> within(text, MOST_RATE)
                        .orElseThrow(() -> new IllegalArgumentException(
                                "--rates must be numbers of 1.." + MOST_RATE + " with commas between, not " + list)))
                .toList();
    }

    private static String take(List<String> args, String option, String standard) {
        int at = args.indexOf(option);
        if (at < 0) {
            return standard;
        }
        if (at + 1 == args.size()) {
            throw new IllegalArgumentException(option + " needs a value");
        }
        String value = args.get(at + 1);
        args.subList(at, at + 2).clear();
        return value;
    }

    private static int number(List<String> args, String option, int standard, int most) {
        String text = take(args, option, Integer.toString(standard));
        return within(text, most)
                .orElseThrow(() -> new IllegalArgumentException(option + " must be 1.." + most + ", not " + text));
    }

    private static Optional<Integer> within(String text, int most) {
        try {
            int value = Integer.parseInt(text);
            return value >= 1 && value <= most ? Optional.of(value) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
