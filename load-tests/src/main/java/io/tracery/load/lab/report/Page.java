package io.tracery.load.lab.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.tracery.load.lab.work.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The section of {@code docs/performance.md} that the lab writes from its raw results; what stands around it is a person's. */
public final class Page {

    static final String BEGIN = "<!-- Written by ./tracery bench proxy --page; edit the results, not this. -->";
    static final String END = "<!-- The end of what was written. -->";

    private Page() {}

    /** Replaces the section in the file. */
    public static void write(Path file, List<Work> works, RawResults results) throws IOException {
        Map<Work, JsonNode> raws = new LinkedHashMap<>();
        for (Work work : works) {
            results.newest(work).ifPresent(raw -> raws.put(work, raw));
        }
        Files.writeString(file, replace(Files.readString(file), section(raws)));
    }

    static String replace(String page, String section) {
        int begin = page.indexOf(BEGIN);
        int end = page.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IllegalArgumentException("the page has no lines \"" + BEGIN + "\" and \"" + END + "\"");
        }
        return page.substring(0, begin) + BEGIN + "\n\n" + section + page.substring(end);
    }

    static String section(Map<Work, JsonNode> raws) {
        Map<String, JsonNode> byName = new LinkedHashMap<>();
        raws.forEach((work, raw) -> byName.put(work.name(), raw));
        StringBuilder text = new StringBuilder("### Where we stand\n\n| goal | measured | |\n|---|---|---|\n");
        for (Goals.Row row : Goals.of(byName)) {
            text.append("| %s | %s | %s |\n".formatted(row.goal(), row.measured(), row.verdict()));
        }
        text.append('\n');
        raws.forEach((work, raw) -> {
            text.append("### ").append(work.name()).append("\n\n");
            text.append(Character.toUpperCase(work.summary().charAt(0)))
                    .append(work.summary().substring(1))
                    .append(".\n\n");
            text.append(WorkTables.of(work, raw));
            raw.path("from").forEach(day -> text.append(sentence(day)).append("  \n"));
            text.append('\n');
        });
        return text.toString();
    }

    private static String sentence(JsonNode day) {
        return "%s: %s, %s."
                .formatted(
                        day.path("measurements")
                                .valueStream()
                                .map(JsonNode::asText)
                                .collect(Collectors.joining(", ")),
                        day.path("machine").asText(),
                        day.path("at").asText());
    }
}
