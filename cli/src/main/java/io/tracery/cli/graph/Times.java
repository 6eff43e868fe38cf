package io.tracery.cli.graph;

import com.fasterxml.jackson.databind.JsonNode;
import io.tracery.cli.text.Figures;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** When: now, a moment, or an interval. */
final class Times {

    private static final Pattern BEFORE_NOW = Pattern.compile("\\d+(ms|s|m|h|d)");

    @Option(
            names = "--window",
            paramLabel = "TIME",
            defaultValue = "",
            description = "Over how long: 5s to 10m, default 30s; with --at 10s to 1h, default 1m.")
    private String window = "";

    @Option(
            names = "--at",
            paramLabel = "T",
            defaultValue = "",
            description = "In the past: 2026-01-31T13:00:00Z, Unix milliseconds, or 15m for fifteen minutes ago.")
    private String at = "";

    @Option(names = "--from", paramLabel = "T", defaultValue = "", description = "Begin of an interval, as for --at.")
    private String from = "";

    @Option(names = "--to", paramLabel = "T", defaultValue = "", description = "Its end; default: now.")
    private String to = "";

    Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("window", window);
        parameters.put("at", time(at));
        parameters.put("from", time(from));
        parameters.put("to", time(to));
        return parameters;
    }

    /** {@code 15m} is {@code -15m}: nobody asks for what will be. */
    static String time(String text) {
        return BEFORE_NOW.matcher(text).matches() ? "-" + text : text;
    }

    /** The interval that an answer is about, in words. */
    static String of(JsonNode answer) {
        long begin = answer.path("from").asLong();
        long end = answer.path("to").asLong();
        long now = answer.path("now").asLong();
        String length = Figures.span(end - begin);
        // Live windows end where data does, a second or two ago.
        return answer.path("step").asLong() == 1_000 && now - end < 60_000
                ? "the last " + length + ", " + Figures.clock(now) + " UTC"
                : Figures.day(begin) + " to " + Figures.clock(end) + " UTC (" + length + ")";
    }
}
