package io.tracery.load.lab.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Memory of processes in MiB (proc(5), {@code smaps_rollup}).
 *
 * @param rss resident: every page that is mapped and present, shared or not
 * @param pss proportional: a shared page counts by how many share it
 * @param privately pages that no other process has
 */
public record Memory(double rss, double pss, double privately) {

    private static final Pattern LINE = Pattern.compile("(?m)^(\\w+):\\s+(\\d+) kB$");
    private static final double KIB_PER_MIB = 1024;

    public static Memory of(List<Long> pids) throws IOException {
        Memory sum = new Memory(0, 0, 0);
        for (long pid : pids) {
            sum = sum.plus(parse(Files.readString(Path.of("/proc/" + pid + "/smaps_rollup"))));
        }
        return sum;
    }

    /** Resident alone, which is cheap enough to be read while something runs. */
    public static double resident(List<Long> pids) throws IOException {
        double mebibytes = 0;
        for (long pid : pids) {
            String pages = Files.readString(Path.of("/proc/" + pid + "/statm")).split(" ")[1];
            mebibytes += Long.parseLong(pages) * 4 / KIB_PER_MIB;
        }
        return mebibytes;
    }

    static Memory parse(String rollup) {
        Matcher lines = LINE.matcher(rollup);
        double rss = 0;
        double pss = 0;
        double privately = 0;
        while (lines.find()) {
            double mebibytes = Long.parseLong(lines.group(2)) / KIB_PER_MIB;
            switch (lines.group(1)) {
                case "Rss" -> rss = mebibytes;
                case "Pss" -> pss = mebibytes;
                case "Private_Clean", "Private_Dirty" -> privately += mebibytes;
                default -> {}
            }
        }
        return new Memory(rss, pss, privately);
    }

    private Memory plus(Memory other) {
        return new Memory(rss + other.rss, pss + other.pss, privately + other.privately);
    }
}
