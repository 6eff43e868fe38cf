package io.tracery.cli.trace;

import io.tracery.cli.text.Printable;
import io.tracery.cli.trace.TraceTree.Node;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A trace as lines of text: who called whom, how long it took, how it ended, and where it is of interest, why. */
final class TraceText {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final String SERVED = "served";
    private static final int WIDEST = 72;

    /** Calls that lie deeper are not moved to the right any further; a loop of retries may go down thousands. */
    private static final int DEEPEST = 24;

    private final boolean everything;
    private final List<Row> rows = new ArrayList<>();

    /** @param right empty where the left goes over both columns */
    private record Row(String left, String right) {}

    private TraceText(boolean everything) {
        this.everything = everything;
    }

    /**
     * A span that has yet to be written.
     *
     * @param branch what stands before the span itself
     * @param trunk what stands before everything below it
     */
    private record Place(Node span, int depth, String branch, String trunk) {}

    /**
     * @param criticalPath whose time made the trace as long as it was; empty where nobody says
     * @param everything to say why for each exchange, not only for those that were not simply served
     */
    static List<String> of(TraceTree trace, String criticalPath, boolean everything) {
        TraceText text = new TraceText(everything);
        text.addAll(trace.roots());
        List<String> lines = new ArrayList<>();
        lines.add("Trace " + trace.id());
        lines.add(summary(trace));
        if (!criticalPath.isEmpty()) {
            lines.add("Critical path: " + criticalPath);
        }
        trace.warnings().forEach(warning -> lines.add("Mind that " + warning + "."));
        lines.add("");
        int width = Math.min(
                WIDEST,
                text.rows.stream()
                        .filter(row -> !row.right.isEmpty())
                        .mapToInt(row -> row.left.length())
                        .max()
                        .orElse(0));
        for (Row row : text.rows) {
            lines.add(
                    row.right.isEmpty()
                            ? row.left
                            : row.left + " ".repeat(Math.max(0, width - row.left.length())) + "  " + row.right);
        }
        return lines.stream().map(Printable::of).toList();
    }

    private static String summary(TraceTree trace) {
        List<Node> all = trace.all();
        long start = all.stream().mapToLong(Node::startMicros).min().orElse(0);
        long end = all.stream()
                .mapToLong(span -> span.startMicros() + span.durationMicros())
                .max()
                .orElse(0);
        long services = all.stream().map(Node::service).distinct().count();
        List<String> parts = new ArrayList<>();
        parts.add(TIME.format(Instant.EPOCH.plusNanos(start * 1_000)) + " UTC");
        parts.add(Figures.duration((double) (end - start)));
        parts.add(counted(all.size(), "span") + " in " + counted(services, "service"));
        if (!trace.keptBecause().isEmpty()) {
            parts.add("kept for: " + Sentences.words(trace.keptBecause()));
        }
        return String.join("  ·  ", parts);
    }

    private static String counted(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private void addAll(List<Node> roots) {
        Deque<Place> open = new ArrayDeque<>();
        roots.reversed().forEach(root -> open.push(new Place(root, 0, "", "")));
        while (!open.isEmpty()) {
            Place place = open.pop();
            add(place);
            List<Node> children = place.span.children();
            boolean deep = place.depth >= DEEPEST;
            for (int i = children.size() - 1; i >= 0; i--) {
                boolean last = i == children.size() - 1;
                open.push(new Place(
                        children.get(i),
                        place.depth + 1,
                        place.trunk + (last ? "└─ " : "├─ "),
                        deep ? place.trunk : place.trunk + (last ? "   " : "│  ")));
            }
        }
    }

    private void add(Place place) {
        Node span = place.span;
        boolean client = span.tag("span.kind").equals("client");
        rows.add(new Row(
                place.branch + span.service() + (client ? " → " : "  ") + span.operation(),
                String.format(Locale.ROOT, "%8s  %s", Figures.duration((double) span.durationMicros()), ending(span))));
        if (everything || interesting(span)) {
            String below = place.trunk + (span.children().isEmpty() ? "     " : "│    ");
            Sentences.of(span).forEach(sentence -> rows.add(new Row(below + sentence, "")));
            span.warnings().forEach(warning -> rows.add(new Row(below + "Mind that " + warning + ".", "")));
        }
    }

    private static boolean interesting(Node span) {
        String fate = span.tag("tracery.fate");
        return (!fate.isEmpty() && !fate.equals(SERVED))
                || !span.tag("tracery.intervention").isEmpty()
                || span.events().stream()
                        .anyMatch(event -> event.name().equals("tracery.retry")
                                || event.name().equals("tracery.hedge"));
    }

    private static String ending(Node span) {
        List<String> parts = new ArrayList<>();
        String fate = span.tag("tracery.fate");
        String status = span.tag("http.response.status_code") + span.tag("rpc.response.status_code");
        if (!fate.isEmpty()) {
            parts.add(Sentences.words(fate) + (status.isEmpty() ? "" : " " + status));
        } else if (span.tag("tracery.attempt.outcome").equals("outrun")) {
            parts.add("cancelled: another attempt answered first");
        } else {
            parts.add((span.tag("error").equals("true") ? "error " : "") + status);
        }
        String attempts = span.tag("tracery.attempts");
        if (!attempts.isEmpty() && !attempts.equals("1") && !attempts.equals("0")) {
            parts.add(attempts + " attempts");
        }
        if (!span.tag("tracery.intervention").isEmpty()) {
            parts.add(Sentences.words(span.tag("tracery.intervention")));
        }
        return parts.stream().map(String::strip).filter(part -> !part.isEmpty()).collect(Collectors.joining(", "));
    }
}
