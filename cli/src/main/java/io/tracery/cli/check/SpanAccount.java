package io.tracery.cli.check;

import io.tracery.cli.check.CheckReport.Canaries;
import io.tracery.cli.check.CheckReport.Spans;
import io.tracery.cli.demo.DemoPlan;
import io.tracery.cli.demo.Http;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where every span went, by what each stage says of itself. Everything is a total since the stage's process began; of what was there before
 * only the difference counts.
 *
 * @param exchanges that ended, by the sidecars' metrics
 * @param attempts after the first, by the sidecars' metrics
 * @param recorded spans, one for each exchange and one for each attempt of those that had several
 * @param applications spans that applications sent by themselves, as far as the pipeline's receivers let them pass
 * @param canaries recorded; they go the same way and are no exchanges
 * @param dropped spans and canaries that sidecars gave up
 * @param taken by the pipeline, of both
 * @param unfit of them, that the pipeline could not let pass
 * @param kept of them
 * @param notKept of them
 * @param stored spans
 * @param arrived canaries at the end of the way
 * @param lost canaries, by gaps between their numbers
 * @param overdue sidecars of which no canary has arrived for long
 * @param underWay spans that sidecars have not sent yet, and traces that are not decided upon yet
 */
record SpanAccount(
        long exchanges,
        long attempts,
        long recorded,
        long applications,
        long canaries,
        long dropped,
        long taken,
        long unfit,
        long kept,
        long notKept,
        long stored,
        long arrived,
        long lost,
        long overdue,
        long underWay) {

    private static final String PIPELINE = "tracery_pipeline_spans_total";

    static SpanAccount now(DemoPlan plan, Http http) throws IOException {
        return of(MetricsPages.ofSidecars(plan, http), MetricsPages.ofStandalone(http));
    }

    static SpanAccount of(MetricsPages sidecars, MetricsPages standalone) {
        return new SpanAccount(
                sidecars.sum("tracery_exchange_duration_seconds_count"),
                sidecars.sum("tracery_exchange_retries_total"),
                sidecars.sum("tracery_telemetry_accepted_total", "signal=\"spans\""),
                standalone.sum(PIPELINE, "stage=\"otlp\"", "outcome=\"passed\""),
                sidecars.sum("tracery_telemetry_accepted_total", "signal=\"canaries\""),
                sidecars.sum("tracery_telemetry_dropped_total", "signal=\"spans\"")
                        + sidecars.sum("tracery_telemetry_dropped_total", "signal=\"canaries\""),
                standalone.sum(PIPELINE, "stage=\"mesh\"", "outcome=\"accepted\""),
                standalone.sum(PIPELINE, "stage=\"mesh\"", "outcome=\"dropped\""),
                standalone.sum(PIPELINE, "stage=\"decide\"", "outcome=\"passed\""),
                standalone.sum(PIPELINE, "stage=\"decide\"", "outcome=\"dropped\"")
                        - standalone.sum("tracery_pipeline_spans_revived_total"),
                standalone.sum("tracery_search_spans_total", "outcome=\"passed\""),
                standalone.sum("tracery_search_canaries_total", "outcome=\"arrived\""),
                standalone.sum("tracery_search_canaries_total", "outcome=\"lost\""),
                standalone.sum("tracery_search_canaries_overdue"),
                sidecars.sum("tracery_telemetry_queued", "signal=\"spans\"")
                        + sidecars.sum("tracery_telemetry_queued", "signal=\"canaries\"")
                        + standalone.sum("tracery_pipeline_traces_undecided"));
    }

    SpanAccount since(SpanAccount before) {
        return new SpanAccount(
                exchanges - before.exchanges,
                attempts - before.attempts,
                recorded - before.recorded,
                applications - before.applications,
                canaries - before.canaries,
                dropped - before.dropped,
                taken - before.taken,
                unfit - before.unfit,
                kept - before.kept,
                notKept - before.notKept,
                stored - before.stored,
                arrived - before.arrived,
                lost - before.lost,
                overdue,
                underWay);
    }

    /** Neither in a sidecar, nor in Kafka, nor before its decision. */
    boolean atRest() {
        return underWay == 0 && taken >= sent();
    }

    private long sent() {
        return recorded + applications + canaries - dropped;
    }

    /** What does not add up, in words; nothing while something is under way is wrong, so ask again before saying so. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        // An exchange with several attempts has a span for each of them, the first included.
        if (recorded < exchanges + attempts || recorded > exchanges + 2 * attempts) {
            problems.add("the sidecars recorded " + recorded + " spans of " + exchanges + " exchanges with " + attempts
                    + " further attempts");
        }
        equal("spans and canaries that sidecars and applications sent", sent(), "the pipeline took", taken, problems);
        equal(
                "spans that the pipeline took",
                taken,
                "it kept, did not keep and could not let pass",
                kept + notKept + unfit,
                problems);
        equal("spans that were kept", kept, "trace search stored, canaries included", stored + arrived, problems);
        if (lost > 0 || overdue > 0) {
            problems.add(lost + " canaries of sidecars were lost, and " + overdue + " sidecars are overdue");
        }
        return problems;
    }

    private static void equal(String one, long is, String other, long should, List<String> problems) {
        if (is != should) {
            problems.add(is + " " + one + ", but " + should + " " + other);
        }
    }

    Spans spans() {
        return new Spans(exchanges, recorded, applications, kept - arrived, notKept, dropped + unfit, stored);
    }

    Canaries canariesSeen() {
        return new Canaries(canaries, arrived, lost);
    }
}
