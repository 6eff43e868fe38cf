package io.tracery.cli.check;

import io.tracery.cli.demo.Child;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How much memory a process costs its machine: its proportional set size (what it has alone, and its share of what it has
 * with others; proc(5), {@code smaps_rollup}), or what {@code ps} calls resident where the kernel does not tell.
 */
final class ProcessMemory {

    private static final Pattern PSS = Pattern.compile("(?m)^Pss:\\s+(\\d+) kB$");
    private static final double KIB_PER_MIB = 1024;

    private ProcessMemory() {}

    /** Of a demo's processes; null when the system does not tell. */
    static CheckReport.@Nullable Memory of(List<Child> processes) {
        List<Double> sidecars = new ArrayList<>();
        double standalone = 0;
        for (Child process : processes) {
            double mib = mib(process.handle().pid()).orElse(0);
            if (process.name().equals("standalone")) {
                standalone = mib;
            } else if (process.name().startsWith("sidecar-") && mib > 0) {
                sidecars.add(mib);
            }
        }
        if (sidecars.isEmpty() || standalone == 0) {
            return null;
        }
        sidecars.sort(null);
        return new CheckReport.Memory(
                rounded(sidecars.getLast()), rounded(sidecars.get(sidecars.size() / 2)), rounded(standalone));
    }

    static double rounded(double value) {
        return Math.round(value * 10) / 10.0;
    }

    /** In MiB; empty when neither way tells. */
    static OptionalDouble mib(long pid) {
        try {
            return pss(Files.readString(Path.of("/proc/" + pid + "/smaps_rollup")));
        } catch (IOException e) {
            return fromPs(pid);
        }
    }

    static OptionalDouble pss(String rollup) {
        Matcher matcher = PSS.matcher(rollup);
        return matcher.find()
                ? OptionalDouble.of(Long.parseLong(matcher.group(1)) / KIB_PER_MIB)
                : OptionalDouble.empty();
    }

    private static OptionalDouble fromPs(long pid) {
        try {
            Process ps = new ProcessBuilder("ps", "-o", "rss=", "-p", Long.toString(pid)).start();
            String answer = new String(ps.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            if (ps.waitFor(5, TimeUnit.SECONDS) && !answer.isEmpty()) {
                return OptionalDouble.of(Long.parseLong(answer) / KIB_PER_MIB);
            }
        } catch (IOException | NumberFormatException e) {
            return OptionalDouble.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return OptionalDouble.empty();
    }
}
