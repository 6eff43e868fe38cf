package io.tracery.topology.stream;

import io.tracery.topology.graph.EdgeKey;
import io.tracery.topology.graph.Measure;
import io.tracery.topology.graph.SeriesLabels;
import io.tracery.topology.graph.View;
import java.util.List;

/**
 * One cumulative series of one life of one proxy. A proxy that starts again begins another series, so that there is no
 * such thing as a counter that falls back.
 *
 * @param status status codes that tell series apart, but that the graph does not show
 * @param instance {@code service.instance.id}; empty for the sum of instances that are no more
 * @param startNanos {@code start_time_unix_nano}; 0 for that sum
 */
record SeriesKey(SeriesLabels labels, Measure measure, String status, String instance, long startNanos) {

    /** Separates the parts of a stored key; no part may hold it. */
    static final char SEPARATOR = '\u0000';

    private static final String SEPARATED = String.valueOf(SEPARATOR);

    static final int PARTS = 12;

    /** Names the life of the proxy that counts. */
    String epoch() {
        return instance.isEmpty() ? "" : instance + "@" + startNanos;
    }

    /** The same series, summed over proxies that are no more. */
    SeriesKey retired() {
        return new SeriesKey(labels, measure, status, "", 0);
    }

    boolean isRetired() {
        return instance.isEmpty();
    }

    /**
     * As the store has it: edges in one piece, then series; of those the retired sum comes first, then each proxy's.
     */
    String text() {
        return String.join(SEPARATED, parts());
    }

    /** What the text is made of, in order. */
    List<String> parts() {
        return List.of(
                labels.edge().id(),
                labels.view().name(),
                measure.name(),
                labels.version(),
                labels.tls(),
                labels.route(),
                labels.fate(),
                labels.sourceIdentity(),
                labels.targetIdentity(),
                status,
                instance,
                Long.toString(startNanos));
    }

    /** @throws IllegalArgumentException when the text was not written by {@link #text()} */
    static SeriesKey parse(String text) {
        List<String> parts = List.of(text.split(String.valueOf(SEPARATOR), -1));
        if (parts.size() != PARTS) {
            throw new IllegalArgumentException("not a series key: " + text.replace(SEPARATOR, '|'));
        }
        SeriesLabels labels = new SeriesLabels(
                EdgeKey.parse(parts.get(0)),
                View.valueOf(parts.get(1)),
                parts.get(3),
                parts.get(4),
                parts.get(5),
                parts.get(6),
                parts.get(7),
                parts.get(8));
        return new SeriesKey(
                labels, Measure.valueOf(parts.get(2)), parts.get(9), parts.get(10), Long.parseLong(parts.get(11)));
    }
}
