package io.tracery.load.lab;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * One measurement of one proxy.
 *
 * @param requestsPerSecond answered
 * @param cpuMicrosPerRequest CPU time of the proxy, all threads, per request; equals CPU-seconds per million requests
 * @param busy share of one core that the proxy used, 0..1
 * @param residentMebibytes at the end
 * @param errors failed requests
 */
record Sample(
        double requestsPerSecond, double cpuMicrosPerRequest, double busy, double residentMebibytes, long errors) {

    /**
     * The rule by which a run is thrown away, fixed before any run: the proxy did not have its core to itself, or was not
     * the limit, unless it used nearly all of it.
     */
    static final double LEAST_BUSY = 0.85;

    boolean counts() {
        return busy >= LEAST_BUSY && errors == 0;
    }

    /** The median over the runs that count, NaN when none does. */
    static double median(List<Sample> samples, ToDoubleFunction<Sample> figure) {
        double[] sorted = samples.stream()
                .filter(Sample::counts)
                .mapToDouble(figure)
                .sorted()
                .toArray();
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
