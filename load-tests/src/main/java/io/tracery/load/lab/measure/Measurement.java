package io.tracery.load.lab.measure;

import io.tracery.load.lab.work.Measure;
import java.io.IOException;

/** One kind of measurement: runs everybody of a session in turns and writes figures. */
public interface Measurement {

    void run(Session session) throws IOException, InterruptedException;

    /** How a kind is measured; {@link Measure#TELEMETRY} has a contender of its own in {@link Measure#SATURATED}. */
    static Measurement of(Measure measure) {
        return switch (measure) {
            case SATURATED -> new SaturatedRuns();
            case TELEMETRY -> session -> {};
            case LATENCY -> new LatencyRuns();
            case IDLE -> new IdleConnections();
            case SYSCALLS -> new SyscallRuns();
            case START -> new StartRuns();
            case WARM_UP -> new WarmUpRuns();
            case SIDECARS -> new SidecarMemory();
        };
    }
}
