package io.tracery.topology.views;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.tracery.topology.graph.EdgeSummary;
import io.tracery.topology.graph.Series;
import io.tracery.topology.graph.View;
import io.tracery.topology.history.EdgeFilter;
import io.tracery.topology.history.EdgeWindow;
import io.tracery.topology.history.Past;
import io.tracery.topology.history.RowKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One edge as both of its ends count it, by version and by route.
 *
 * @param lost attempts of the sender that the receiver did not count, null where either does not speak
 */
public record EdgeDetail(
        long now,
        long from,
        long to,
        long step,
        EdgeSummary edge,
        @Nullable TallyView sender,
        @Nullable TallyView receiver,
        @Nullable Long lost,
        @Nullable Double loss,
        List<Part> versions,
        List<Part> routes,
        List<Series.Point> points,
        List<? extends Record> exemplars) {

    /** A version or a route, as one end counts it. */
    public record Part(
            @Nullable String version,
            @Nullable String route,
            String view,
            @JsonUnwrapped TallyView tally) {}

    /** Empty when nothing happened on it in the interval. */
    public static Optional<EdgeDetail> of(Past past, String id, Past.Interval interval, long now) {
        Past.Steps steps = past.steps(interval, EdgeFilter.ids(List.of(id)));
        EdgeWindow edge = steps.sums().get(id);
        if (edge == null) {
            return Optional.empty();
        }
        double seconds = interval.seconds();
        return Optional.of(new EdgeDetail(
                now,
                interval.from(),
                interval.to(),
                interval.step(),
                PastGraph.edge(edge, interval),
                Services.end(edge, View.SENDER, seconds),
                Services.end(edge, View.RECEIVER, seconds),
                edge.lost(),
                edge.loss(),
                parts(edge, RowKey::version, true, seconds),
                parts(edge, RowKey::route, false, seconds),
                Points.of(steps, window -> window.tally(window.shown())),
                Exemplars.of(steps, any -> true)));
    }

    private static List<Part> parts(EdgeWindow edge, Function<RowKey, String> what, boolean version, double seconds) {
        List<Part> parts = new ArrayList<>();
        for (View view : View.values()) {
            edge.by(view, what).forEach((name, tally) -> {
                if (!name.isEmpty()) {
                    parts.add(new Part(
                            version ? name : null, version ? null : name, view.label(), TallyView.of(tally, seconds)));
                }
            });
        }
        return parts;
    }
}
