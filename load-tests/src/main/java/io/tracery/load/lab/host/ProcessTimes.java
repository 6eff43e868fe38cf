package io.tracery.load.lab.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** CPU time that the kernel charged to processes (proc(5), {@code /proc/pid/stat}). */
public final class ProcessTimes {

    static final double TICKS_PER_SECOND = 100;

    /** Of those behind the name. */
    static final int USER = 11;

    static final int SYSTEM = 12;

    private ProcessTimes() {}

    /** Seconds, user and system, all threads; a process that has ended meanwhile counts nothing. */
    public static double cpuSeconds(List<Long> pids) throws IOException {
        return seconds(pids, USER) + kernelSeconds(pids);
    }

    /** As {@link #cpuSeconds}, of them those that the kernel spent on behalf of the processes. */
    public static double kernelSeconds(List<Long> pids) throws IOException {
        return seconds(pids, SYSTEM);
    }

    private static double seconds(List<Long> pids, int field) throws IOException {
        long ticks = 0;
        for (long pid : pids) {
            Path stat = Path.of("/proc/" + pid + "/stat");
            if (Files.exists(stat)) {
                ticks += ticks(Files.readString(stat), field);
            }
        }
        return ticks / TICKS_PER_SECOND;
    }

    static long ticks(String stat, int field) {
        // The command's name may hold spaces; what follows its closing bracket is fields 3 and up.
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[field]);
    }
}
