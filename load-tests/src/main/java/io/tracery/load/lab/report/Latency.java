package io.tracery.load.lab.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The figures of open-loop runs at one rate: medians of each run's percentiles, and what is above the backend's own. */
public final class Latency {

    private static final List<String> PERCENTILES = List.of("p50", "p99", "p999");

    private Latency() {}

    /**
     * @param result what the generator printed
     * @param cpuPerRequest CPU-seconds of the proxy
     * @param loadIdle share of the load's core that had nothing to do
     */
    public record Run(JsonNode result, double cpuPerRequest, double loadIdle) {}

    /** The backend's own. */
    public static void writeAlone(ObjectNode json, List<Run> alone) {
        percentiles(json, alone);
    }

    /** A proxy's, with what it adds. */
    public static void write(ObjectNode json, List<Run> runs, List<Run> alone) {
        for (String percentile : PERCENTILES) {
            json.put(
                    "added_" + percentile + "_ms",
                    of(runs, percentile).median() - of(alone, percentile).median());
        }
        percentiles(json, runs);
    }

    private static void percentiles(ObjectNode json, List<Run> runs) {
        for (String percentile : PERCENTILES) {
            Statistics with = of(runs, percentile);
            json.put(percentile + "_ms", with.median());
            Saturated.range(json.putArray(percentile + "_ms_range"), with);
        }
        json.put(
                "cpu_seconds_per_million",
                1e6
                        * Statistics.of(runs.stream().map(Run::cpuPerRequest).toList())
                                .median());
        json.put("sent_late_p99_ms", of(runs, "sent_late_p99").median())
                .put(
                        "load_core_idle",
                        Statistics.of(runs.stream().map(Run::loadIdle).toList()).median())
                .put(
                        "errors",
                        runs.stream()
                                .mapToLong(run -> run.result().path("errors").asLong())
                                .sum())
                .put("runs", runs.size());
        ArrayNode raw = json.putArray("samples");
        for (Run run : runs) {
            ObjectNode one = raw.addObject();
            PERCENTILES.forEach(
                    percentile -> one.set(percentile + "_ms", run.result().path(percentile + "_ms")));
            one.set("max_ms", run.result().path("max_ms"));
        }
    }

    private static Statistics of(List<Run> runs, String figure) {
        return Statistics.of(runs.stream()
                .map(run -> run.result().path(figure + "_ms").asDouble(Double.NaN))
                .toList());
    }
}
