package io.tracery.cli.check;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A strict reader of what Prometheus scrapes: the text format 0.0.4, and OpenMetrics 1.0 where the content type says so. It
 * accepts nothing that either specification forbids among names, labels, types, values, order, duplicates and histograms.
 */
final class PrometheusText {

    private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
    private static final Pattern COMMENT = Pattern.compile("# (HELP|TYPE|UNIT) ([a-zA-Z_:][a-zA-Z0-9_:]*) ?(.*)");
    private static final Pattern SAMPLE =
            Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{.*?})? (\\S+)( -?[0-9.]+)?( # .*)?");
    private static final Pattern LABEL =
            Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\[\\\\\"n])*)\"(,|$)");
    private static final Pattern NUMBER = Pattern.compile("[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?");
    private static final Set<String> TYPES_004 = Set.of("counter", "gauge", "histogram", "summary", "untyped");
    private static final Set<String> TYPES_OPEN =
            Set.of("counter", "gauge", "histogram", "summary", "unknown", "info", "stateset", "gaugehistogram");

    private final boolean openMetrics;
    private final Map<String, String> types = new HashMap<>();
    private final Set<String> closedFamilies = new HashSet<>();
    private final Set<String> series = new HashSet<>();
    private final Map<String, TreeMap<Double, Double>> buckets = new HashMap<>();
    private final Map<String, Double> histogramCounts = new HashMap<>();
    private String family = "";
    private int samples;
    private int line;

    private PrometheusText(boolean openMetrics) {
        this.openMetrics = openMetrics;
    }

    /** What is wrong with a page of metrics, with the number of the line. */
    static final class MalformedException extends Exception {

        MalformedException(String message) {
            super(message);
        }
    }

    /**
     * @param contentType of the page
     * @return how many samples it has
     * @throws MalformedException at the first offence
     */
    static int samples(String contentType, String page) throws MalformedException {
        boolean open = contentType.startsWith("application/openmetrics-text");
        if (!open && !contentType.startsWith("text/plain")) {
            throw new MalformedException("the content type is neither text nor OpenMetrics: " + contentType);
        }
        return new PrometheusText(open).read(page);
    }

    private int read(String page) throws MalformedException {
        if (!page.endsWith("\n")) {
            throw new MalformedException("the last line does not end");
        }
        if (openMetrics && !page.endsWith("# EOF\n")) {
            throw new MalformedException("it does not end with # EOF");
        }
        String[] lines = page.split("\n", -1);
        for (line = 1; line < lines.length; line++) {
            readLine(lines[line - 1], line == lines.length - 1);
        }
        checkHistograms();
        return samples;
    }

    private void readLine(String text, boolean last) throws MalformedException {
        if (text.equals("# EOF") && openMetrics) {
            require(last, "# EOF stands before the end");
        } else if (text.isEmpty()) {
            require(!openMetrics, "an empty line");
        } else if (text.startsWith("#")) {
            readComment(text);
        } else {
            readSample(text);
        }
    }

    private void readComment(String text) throws MalformedException {
        Matcher comment = COMMENT.matcher(text);
        if (!comment.matches()) {
            boolean keyword = text.startsWith("# HELP") || text.startsWith("# TYPE");
            require(!openMetrics && !keyword, "a comment that says nothing: " + text);
            return;
        }
        enter(comment.group(2));
        if (comment.group(1).equals("TYPE")) {
            String type = comment.group(3);
            require((openMetrics ? TYPES_OPEN : TYPES_004).contains(type), "the type " + type + " does not exist");
            require(types.put(family, type) == null, family + " has two types");
            require(series.stream().noneMatch(known -> known.startsWith(family + "{")), "a type after the samples");
        }
    }

    private void readSample(String text) throws MalformedException {
        Matcher sample = SAMPLE.matcher(text);
        require(sample.matches() && NAME.matcher(sample.group(1)).matches(), "not a sample: " + text);
        String name = sample.group(1);
        require(sample.group(5) == null || openMetrics, "an exemplar outside OpenMetrics");
        String owner = owner(name);
        if (!owner.equals(family)) {
            enter(owner);
        }
        String type = types.getOrDefault(owner, "untyped");
        require(
                !(openMetrics && type.equals("counter")) || name.endsWith("_total") || name.endsWith("_created"),
                "the counter sample " + name + " does not end in _total");
        Map<String, String> labels = labels(sample.group(2) == null ? "" : sample.group(2));
        double value = number(sample.group(3));
        require(series.add(name + "{" + labels), "the series " + name + labels + " stands twice");
        samples++;
        if (type.equals("histogram")) {
            readHistogram(owner, name, labels, value);
        }
    }

    private void readHistogram(String owner, String name, Map<String, String> labels, double value)
            throws MalformedException {
        if (name.equals(owner + "_bucket")) {
            String bound = labels.remove("le");
            require(bound != null, name + " has no le");
            buckets.computeIfAbsent(owner + labels, key -> new TreeMap<>())
                    .put(number(bound == null ? "" : bound), value);
        } else if (name.equals(owner + "_count")) {
            histogramCounts.put(owner + labels, value);
        }
    }

    private void checkHistograms() throws MalformedException {
        for (Map.Entry<String, TreeMap<Double, Double>> histogram : buckets.entrySet()) {
            double before = 0;
            for (double count : histogram.getValue().values()) {
                require(count >= before, "the buckets of " + histogram.getKey() + " are not cumulative");
                before = count;
            }
            Double all = histogram.getValue().get(Double.POSITIVE_INFINITY);
            require(all != null, histogram.getKey() + " has no bucket +Inf");
            Double count = histogramCounts.get(histogram.getKey());
            require(
                    count == null || count.equals(all),
                    "the bucket +Inf of " + histogram.getKey() + " is not its count");
        }
    }

    /** The family that a sample belongs to: its own name, or without the suffix that the family's type allows. */
    private String owner(String name) {
        for (String suffix : new String[] {"_total", "_created", "_bucket", "_count", "_sum", "_info"}) {
            if (name.endsWith(suffix)) {
                String stem = name.substring(0, name.length() - suffix.length());
                String type = types.get(stem);
                if (type != null && !types.containsKey(name)) {
                    return stem;
                }
            }
        }
        return name;
    }

    /** A family's lines stand together. */
    private void enter(String next) throws MalformedException {
        if (!next.equals(family)) {
            closedFamilies.add(family);
            require(!closedFamilies.contains(next), "the lines of " + next + " do not stand together");
            family = next;
        }
    }

    private Map<String, String> labels(String braces) throws MalformedException {
        Map<String, String> labels = new TreeMap<>();
        if (braces.length() <= 2) {
            return labels;
        }
        String inside = braces.substring(1, braces.length() - 1);
        Matcher label = LABEL.matcher(inside);
        int at = 0;
        while (at < inside.length()) {
            require(label.find(at) && label.start() == at, "not a label: " + inside.substring(at));
            require(
                    labels.put(label.group(1), label.group(2)) == null,
                    "the label " + label.group(1) + " stands twice");
            at = label.end();
        }
        return labels;
    }

    private double number(String text) throws MalformedException {
        return switch (text) {
            case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            case "NaN", "Nan" -> Double.NaN;
            default -> {
                require(NUMBER.matcher(text).matches(), "not a number: " + text);
                yield Double.parseDouble(text);
            }
        };
    }

    private void require(boolean right, String otherwise) throws MalformedException {
        if (!right) {
            throw new MalformedException("line " + line + ": " + otherwise);
        }
    }
}
