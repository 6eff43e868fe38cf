package io.tracery.load.lab.measure;

import io.tracery.load.lab.host.Memory;
import java.io.IOException;
import java.util.List;

/** The most resident memory that processes had while this watched, looked at ten times a second. */
public final class PeakMemory implements AutoCloseable {

    private static final int EVERY_MILLIS = 100;

    private final Thread thread;
    private volatile double most;

    private PeakMemory(List<Long> pids) {
        this.thread = Thread.ofVirtual().start(() -> look(pids));
    }

    public static PeakMemory watch(List<Long> pids) {
        return new PeakMemory(pids);
    }

    public double mebibytes() {
        return most;
    }

    private void look(List<Long> pids) {
        try {
            while (true) {
                most = Math.max(most, Memory.resident(pids));
                Thread.sleep(EVERY_MILLIS);
            }
        } catch (IOException e) {
            // The process has ended; what was seen until then stands.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
