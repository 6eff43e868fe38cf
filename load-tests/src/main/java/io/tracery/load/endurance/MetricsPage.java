package io.tracery.load.endurance;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A metrics page, read: name and labels to value. */
public final class MetricsPage {

    private static final Pattern FATE = Pattern.compile("tracery_fate=\"([^\"]*)\"");

    private final Map<String, Double> lines = new HashMap<>();

    private MetricsPage() {}

    public static MetricsPage parse(String text) {
        MetricsPage page = new MetricsPage();
        text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            // An exemplar follows behind a hash.
            int end = line.indexOf(" # ");
            String plain = end < 0 ? line : line.substring(0, end);
            int space = plain.lastIndexOf('}') < 0 ? plain.indexOf(' ') : plain.indexOf(' ', plain.lastIndexOf('}'));
            if (space > 0) {
                page.lines.put(
                        plain.substring(0, space),
                        Double.parseDouble(plain.substring(space + 1).split(" ")[0]));
            }
        });
        return page;
    }

    /** The sum over every series of a metric whose labels hold these words. */
    public double sum(String metric, String... words) {
        double sum = 0;
        for (Map.Entry<String, Double> line : lines.entrySet()) {
            String series = line.getKey();
            boolean wanted = series.equals(metric) || series.startsWith(metric + "{");
            for (String word : words) {
                wanted &= series.contains(word);
            }
            sum += wanted ? line.getValue() : 0;
        }
        return sum;
    }

    /**
     * A sidecar's account of what it tells.
     *
     * @param figure {@code accepted}, {@code exported} or {@code dropped} since it began, or {@code queued} now
     * @param signal {@code spans}, {@code metrics} or {@code canaries}
     */
    public double telemetry(String figure, String signal) {
        String metric = "tracery_telemetry_" + figure + (figure.equals("queued") ? "" : "_total");
        return sum(metric, "signal=\"" + signal + "\"");
    }

    /** Exchanges that ended, by fate. */
    Map<String, Long> fates(String... words) {
        Map<String, Long> fates = new TreeMap<>();
        for (String series : lines.keySet()) {
            boolean wanted = series.startsWith("tracery_exchange_duration_seconds_count{");
            for (String word : words) {
                wanted &= series.contains(word);
            }
            Matcher fate = FATE.matcher(series);
            if (wanted && fate.find()) {
                fates.merge(fate.group(1), Math.round(lines.get(series)), Long::sum);
            }
        }
        return fates;
    }
}
