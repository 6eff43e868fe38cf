package io.tracery.load.topology;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The published histogram {@code topology_edge_lag_seconds}.
 *
 * @param upTo how many became visible within so many seconds
 */
record EdgeLags(TreeMap<Double, Long> upTo, long count) {

    private static final String NAME = "topology_edge_lag_seconds";
    private static final Pattern BUCKET =
            Pattern.compile("^" + NAME + "_bucket\\{le=\"([0-9.eE+-]+)\"\\} ([0-9.eE+]+)$", Pattern.MULTILINE);
    private static final Pattern COUNT = Pattern.compile("^" + NAME + "_count ([0-9.eE+]+)$", Pattern.MULTILINE);

    /** @throws IllegalArgumentException when the metric is not there */
    static EdgeLags parse(String metrics) {
        Matcher count = COUNT.matcher(metrics);
        if (!count.find()) {
            throw new IllegalArgumentException("the service publishes no " + NAME);
        }
        TreeMap<Double, Long> upTo = new TreeMap<>();
        Matcher bucket = BUCKET.matcher(metrics);
        while (bucket.find()) {
            upTo.put(Double.parseDouble(bucket.group(1)), (long) Double.parseDouble(bucket.group(2)));
        }
        return new EdgeLags(upTo, (long) Double.parseDouble(count.group(1)));
    }

    EdgeLags since(EdgeLags before) {
        TreeMap<Double, Long> since = new TreeMap<>();
        upTo.forEach((seconds, number) -> since.put(seconds, number - before.upTo.getOrDefault(seconds, 0L)));
        return new EdgeLags(since, count - before.count);
    }

    /** How many there were, what share came within two seconds, and the bound that 99 of 100 came within. */
    void into(ObjectNode result) {
        result.put("edge_lag_n", count);
        result.put("edge_lag_share_within_2s", count == 0 ? 0 : (double) upTo.getOrDefault(2.0, 0L) / count);
        Double bound = upTo.entrySet().stream()
                .filter(entry -> entry.getValue() >= 0.99 * count)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
        result.put("edge_lag_p99_at_most_s", bound);
    }
}
