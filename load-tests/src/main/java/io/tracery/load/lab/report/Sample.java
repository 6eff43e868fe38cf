package io.tracery.load.lab.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tracery.load.lab.host.CoreTimes;
import io.tracery.load.lab.load.Outcome;

/**
 * One run of one proxy under saturating load.
 *
 * @param perSecond units per second
 * @param cpuPerUnit CPU-seconds of the proxy, all its processes and threads, per unit
 * @param kernel share of those CPU-seconds that the kernel spent, 0..1
 * @param busy share of the proxy's core that the proxy itself used, 0..1
 * @param accounted share of the proxy's core that was the proxy's, the kernel's interrupts or idle; the rest was somebody
 *     else's or taken by the host
 * @param loadIdle share of the load's core that had nothing to do, 0..1
 * @param errors failed units
 */
public record Sample(
        double perSecond,
        double cpuPerUnit,
        double kernel,
        double busy,
        double accounted,
        double loadIdle,
        long errors) {

    /** The rule by which a run is thrown away, fixed before any run. */
    static final double LEAST_ACCOUNTED = 0.91;

    /** Under this the load's side may have been what was saturated. */
    static final double LEAST_LOAD_IDLE = 0.05;

    public static final String RULE =
            "a run counts when the proxy's own CPU time, the kernel's interrupts and idle time make up more than "
                    + LEAST_ACCOUNTED + " of its core's time; nothing else throws a run away";

    /** From the kernel's accounts around a run. */
    public static Sample of(
            Outcome outcome, double cpuSeconds, double kernelSeconds, CoreTimes proxyCore, CoreTimes loadCore) {
        double seconds = proxyCore.seconds();
        return new Sample(
                outcome.units() / outcome.seconds(),
                cpuSeconds / outcome.units(),
                kernelSeconds / cpuSeconds,
                cpuSeconds / seconds,
                (cpuSeconds + proxyCore.idle() + proxyCore.interrupts()) / seconds,
                loadCore.idleShare(),
                outcome.errors());
    }

    public boolean counts() {
        return accounted > LEAST_ACCOUNTED;
    }

    /** For the raw results; CPU in the work's unit. */
    public void write(ObjectNode json, double scale) {
        json.put("per_second", perSecond)
                .put("cpu", cpuPerUnit * scale)
                .put("kernel", kernel)
                .put("busy", busy)
                .put("accounted", accounted)
                .put("load_core_idle", loadIdle)
                .put("errors", errors)
                .put("counts", counts());
    }
}
