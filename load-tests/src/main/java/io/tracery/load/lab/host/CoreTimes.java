package io.tracery.load.lab.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a core has done since the machine started, in seconds (proc(5), {@code /proc/stat}).
 *
 * @param idle nothing to do, waiting for a disk included
 * @param interrupts hard and soft, which the kernel may charge to nobody
 * @param at {@link System#nanoTime} when it was read
 */
public record CoreTimes(double idle, double interrupts, long at) {

    private static final double NANOS = 1e9;

    public static CoreTimes of(int core) throws IOException {
        return parse(Files.readString(Path.of("/proc/stat")), core, System.nanoTime());
    }

    static CoreTimes parse(String stat, int core, long at) {
        String name = "cpu" + core + " ";
        String[] fields = stat.lines()
                .filter(line -> line.startsWith(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("this machine has no core " + core))
                .split(" +");
        return new CoreTimes(seconds(fields, 4) + seconds(fields, 5), seconds(fields, 6) + seconds(fields, 7), at);
    }

    private static double seconds(String[] fields, int index) {
        return Long.parseLong(fields[index]) / ProcessTimes.TICKS_PER_SECOND;
    }

    /** What happened between two readings. */
    public CoreTimes since(CoreTimes before) {
        return new CoreTimes(idle - before.idle, interrupts - before.interrupts, at - before.at);
    }

    /** Seconds that passed, of a difference. */
    public double seconds() {
        return at / NANOS;
    }

    /** Share of the time that the core had nothing to do, of a difference, 0..1. */
    public double idleShare() {
        return Math.min(1, idle / seconds());
    }
}
