package io.tracery.load.lab.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The seconds after a start, of several starts: medians of each second's percentile, every error of all of them. */
public final class WarmUp {

    private WarmUp() {}

    /**
     * @param json gets how many starts there were, and an object for each second
     * @param starts of each the seconds as the generator printed them, equally many
     */
    public static void write(ObjectNode json, List<JsonNode> starts) {
        json.put("starts", starts.size());
        ArrayNode seconds = json.putArray("seconds");
        for (int i = 0; i < starts.getFirst().size(); i++) {
            int second = i;
            Statistics p99 = of(starts, second, start -> start.path("p99_ms").asDouble());
            ObjectNode figures = seconds.addObject()
                    .put("second", second + 1)
                    .put("requests", sum(starts, second, "requests"))
                    .put("errors", sum(starts, second, "errors"))
                    .put("p99_ms", p99.median());
            Saturated.range(figures.putArray("p99_ms_range"), p99);
            figures.put(
                    "max_ms",
                    of(starts, second, start -> start.path("max_ms").asDouble()).most());
        }
    }

    private static Statistics of(List<JsonNode> starts, int second, ToDoubleFunction<JsonNode> figure) {
        return Statistics.of(starts.stream()
                .map(start -> figure.applyAsDouble(start.path(second)))
                .toList());
    }

    private static long sum(List<JsonNode> starts, int second, String figure) {
        return starts.stream()
                .mapToLong(start -> start.path(second).path(figure).asLong())
                .sum();
    }
}
