package io.tracery.load.lab.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tracery.load.lab.work.Work;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The figures of a proxy's saturated runs: medians and ranges over those that count. */
public final class Saturated {

    private Saturated() {}

    public static void write(ObjectNode json, List<Sample> samples, Work.Cost cost) {
        Statistics rate = of(samples, Sample::perSecond);
        Statistics cpu = of(samples, sample -> sample.cpuPerUnit() * cost.scale());
        double loadIdle = of(samples, Sample::loadIdle).median();
        double busy = of(samples, Sample::busy).median();
        json.put(cost.rate(), rate.median());
        range(json.putArray(cost.rate() + "_range"), rate);
        json.put(cost.cpu(), cpu.median());
        range(json.putArray(cost.cpu() + "_range"), cpu);
        json.put("kernel_share", of(samples, Sample::kernel).median());
        json.put("runs", samples.size())
                .put("runs_counted", samples.stream().filter(Sample::counts).count())
                .put("errors", samples.stream().mapToLong(Sample::errors).sum())
                .put("proxy_core_busy", busy)
                .put("load_core_idle", loadIdle)
                .put("load_limited", loadIdle < Sample.LEAST_LOAD_IDLE);
        ArrayNode raw = json.putArray("samples");
        samples.forEach(sample -> sample.write(raw.addObject(), cost.scale()));
    }

    private static Statistics of(List<Sample> samples, ToDoubleFunction<Sample> figure) {
        return Statistics.of(samples.stream()
                .filter(Sample::counts)
                .map(sample -> figure.applyAsDouble(sample))
                .toList());
    }

    static void range(ArrayNode json, Statistics statistics) {
        json.add(statistics.least()).add(statistics.most());
    }
}
