package io.tracery.topology.views;

import io.tracery.topology.history.EdgeWindow;
import io.tracery.topology.history.Past;
import io.tracery.topology.history.RowKey;
import io.tracery.topology.history.Tally;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Traces to look at: the slowest of each step, and the slowest that failed. */
final class Exemplars {

    private static final int MOST = 200;

    /**
     * One exchange.
     *
     * @param t when it ended, Unix milliseconds
     * @param latency milliseconds
     */
    record View(
            long t,
            double latency,
            String traceId,
            String spanId,
            String fate,
            String edge,
            String route,
            String version) {}

    private Exemplars() {}

    /** In the order of time; where there are too many, those that failed and then the slowest. */
    static List<View> of(Past.Steps steps, Predicate<EdgeWindow> which) {
        List<View> views = new ArrayList<>();
        steps.windows()
                .values()
                .forEach(step -> step.values().stream()
                        .filter(which)
                        .forEach(edge -> edge.rows()
                                .forEach((row, tally) -> Stream.of(tally.slowest(), tally.slowestFailed())
                                        .forEach(sample -> {
                                            if (sample != null) {
                                                views.add(view(edge, row, sample));
                                            }
                                        }))));
        return views.stream()
                .sorted(Comparator.comparing((View view) -> view.fate().equals("served"))
                        .thenComparing(Comparator.comparingDouble(View::latency).reversed()))
                .limit(MOST)
                .sorted(Comparator.comparingLong(View::t))
                .toList();
    }

    private static View view(EdgeWindow edge, RowKey row, Tally.Sample sample) {
        return new View(
                sample.exemplar().millis(),
                sample.exemplar().latencyMillis(),
                sample.exemplar().traceId(),
                sample.exemplar().spanId(),
                sample.fate(),
                edge.edge().id(),
                row.route(),
                row.version());
    }
}
