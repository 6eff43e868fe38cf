package io.tracery.load.lab.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** CPU time that the kernel charged to processes (proc(5), {@code /proc/pid/stat}). */
public final class ProcessTimes {

    static final double TICKS_PER_SECOND = 100;

    private ProcessTimes() {}

    /** Seconds, user and system, all threads; a process that has ended meanwhile counts nothing. */
    public static double cpuSeconds(List<Long> pids) throws IOException {
        long ticks = 0;
        for (long pid : pids) {
            Path stat = Path.of("/proc/" + pid + "/stat");
            if (Files.exists(stat)) {
                ticks += ticks(Files.readString(stat));
            }
        }
        return ticks / TICKS_PER_SECOND;
    }

    static long ticks(String stat) {
        // The command's name may hold spaces; what follows its closing bracket is fields 3 and up.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }
}
