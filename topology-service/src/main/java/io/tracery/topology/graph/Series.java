package io.tracery.topology.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node received or an edge carried, over time.
 *
 * @param from Unix milliseconds
 * @param to Unix milliseconds, exclusive
 * @param step milliseconds from point to point
 */
public record Series(String id, long from, long to, long step, List<Point> points) {

    /**
     * One step.
     *
     * @param t its begin, Unix milliseconds
     * @param requestRate per second
     * @param successShare 0 to 1, null without requests, as the quantiles in milliseconds
     * @param bytesReceived of requests, per second; null where it is not known so finely, as bytesSent
     */
    public record Point(
            long t,
            double requestRate,
            @Nullable Double successShare,
            @Nullable Double p50,
            @Nullable Double p90,
            @Nullable Double p99,
            @Nullable Double bytesReceived,
            @Nullable Double bytesSent) {}
}
