package io.tracery.load.lab.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** What became of the requests of an open loop: latencies from when each was due, failures among them. */
public final class OpenLoopResult {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(120);
    private static final int DIGITS = 3;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final OpenLoop.Plan plan;
    private final Histogram counted = new Histogram(MOST_NANOS, DIGITS);
    private final Histogram sentLate = new Histogram(MOST_NANOS, DIGITS);
    private final Histogram[] bySecond;
    private final long[] errorsBySecond;
    private long sent;
    private long answered;
    private long errors;

    OpenLoopResult(OpenLoop.Plan plan) {
        this.plan = plan;
        this.bySecond = new Histogram[plan.seconds()];
        this.errorsBySecond = new long[plan.seconds()];
        for (int second = 0; second < bySecond.length; second++) {
            bySecond[second] = new Histogram(MOST_NANOS, DIGITS);
        }
    }

    /** How late the generator itself was with a request for which a connection was free. */
    void sentLate(long sinceStart, long nanos) {
        if (counts(sinceStart)) {
            sentLate.recordValue(Math.clamp(nanos, 0, MOST_NANOS));
        }
    }

    void sent() {
        sent++;
    }

    void answered(long sinceStart, long latency, int status) {
        answered++;
        record(sinceStart, latency);
        if (status != 200) {
            error(sinceStart);
        }
    }

    /** A failure's latency is how long it was waited for: at least that. */
    void failed(long sinceStart, long latency) {
        record(sinceStart, latency);
        error(sinceStart);
    }

    private void error(long sinceStart) {
        errors++;
        errorsBySecond[second(sinceStart)]++;
    }

    private void record(long sinceStart, long latency) {
        long value = Math.clamp(latency, 1, MOST_NANOS);
        bySecond[second(sinceStart)].recordValue(value);
        if (counts(sinceStart)) {
            counted.recordValue(value);
        }
    }

    private boolean counts(long sinceStart) {
        return sinceStart >= plan.discard() * NANOS_PER_SECOND;
    }

    private int second(long sinceStart) {
        return (int) Math.min(sinceStart / NANOS_PER_SECOND, bySecond.length - 1L);
    }

    /** Milliseconds. */
    public double percentile(double percentile) {
        return millis(counted, percentile);
    }

    /** Requests that took at least so long, of those that count. */
    public long atLeast(long millis) {
        return counted.getTotalCount() - counted.getCountBetweenValues(0, TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /** Requests for which there was room before the end. */
    public long requests() {
        return sent;
    }

    public long errors() {
        return errors;
    }

    /** For the lab, which runs this as a process of its own. */
    public String json() {
        ObjectNode json = JSON.createObjectNode();
        json.put("rate", plan.rate())
                .put("answered", answered)
                .put("errors", errors)
                .put("p50_ms", percentile(50))
                .put("p99_ms", percentile(99))
                .put("p999_ms", percentile(99.9))
                .put("max_ms", percentile(100))
                .put("sent_late_p99_ms", millis(sentLate, 99));
        ArrayNode seconds = json.putArray("seconds");
        for (int second = 0; second < bySecond.length; second++) {
            seconds.addObject()
                    .put("second", second + 1)
                    .put("requests", bySecond[second].getTotalCount())
                    .put("errors", errorsBySecond[second])
                    .put("p99_ms", millis(bySecond[second], 99))
                    .put("max_ms", millis(bySecond[second], 100));
        }
        return json.toString();
    }

    private static double millis(Histogram histogram, double percentile) {
        return histogram.getTotalCount() == 0
                ? Double.NaN
                : histogram.getValueAtPercentile(percentile) / NANOS_PER_MILLI;
    }
}
