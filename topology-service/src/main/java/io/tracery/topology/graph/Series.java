package io.tracery.topology.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node's or an edge's last minutes.
 *
 * @param step milliseconds from point to point
 */
public record Series(String id, long step, List<Point> points) {

    /**
     * One second.
     *
     * @param t its begin, Unix milliseconds
     * @param requestRate per second
     * @param successShare 0 to 1, null without requests, as the quantiles in milliseconds
     */
    public record Point(
            long t,
            double requestRate,
            @Nullable Double successShare,
            @Nullable Double p50,
            @Nullable Double p90,
            @Nullable Double p99) {}
}
