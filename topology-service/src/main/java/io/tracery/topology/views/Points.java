package io.tracery.topology.views;

import io.tracery.topology.graph.Series;
import io.tracery.topology.history.EdgeWindow;
import io.tracery.topology.history.Past;
import io.tracery.topology.history.Tally;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;

/** Series of the past: one point for each step, those without traffic too. */
final class Points {

    private Points() {}

    /** @param what of an edge to count; an empty tally for what does not belong */
    static List<Series.Point> of(Past.Steps steps, Function<EdgeWindow, Tally> what) {
        Past.Interval interval = steps.interval();
        List<Series.Point> points = new ArrayList<>();
        long end = Math.min(interval.to(), Math.max(interval.knownUntil(), interval.from() + 1));
        for (long begin = interval.from(); begin < end; begin += interval.step()) {
            Tally sum = new Tally();
            steps.windows().getOrDefault(begin, new TreeMap<>()).values().forEach(edge -> sum.add(what.apply(edge)));
            double seconds = interval.secondsAt(begin);
            points.add(new Series.Point(
                    begin,
                    sum.requests() / seconds,
                    sum.successShare(),
                    sum.quantile(0.5),
                    sum.quantile(0.9),
                    sum.quantile(0.99),
                    sum.requestBytes() / seconds,
                    sum.responseBytes() / seconds));
        }
        return points;
    }
}
