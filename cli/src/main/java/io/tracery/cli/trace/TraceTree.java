package io.tracery.cli.trace;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A trace as Jaeger's API tells it, as a tree. A span whose parent is not there is a root, and so is one of each circle.
 *
 * @param keptBecause {@code tracery.keep.reason}; empty where nobody says
 * @param warnings what is odd about it, in sentences: that it is cut, that clocks differ
 * @param roots the earliest first
 */
public record TraceTree(String id, String keptBecause, List<String> warnings, List<Node> roots) {

    private static final String KEEP_REASON = "tracery.keep.reason";

    /**
     * One span.
     *
     * @param startMicros since 1970
     * @param tags as text
     * @param warnings what is odd about it, in sentences
     * @param children the earliest first
     */
    public record Node(
            String service,
            String operation,
            long startMicros,
            long durationMicros,
            Map<String, String> tags,
            List<Event> events,
            List<String> warnings,
            List<Node> children) {

        String tag(String key) {
            return tags.getOrDefault(key, "");
        }
    }

    /**
     * What happened to a span on its way.
     *
     * @param fields as text
     */
    public record Event(String name, Map<String, String> fields) {

        String field(String key) {
            return fields.getOrDefault(key, "");
        }
    }

    /** @param trace one element of {@code data} of {@code /api/traces} */
    public static TraceTree of(JsonNode trace) {
        Map<String, Node> nodes = new LinkedHashMap<>();
        Map<String, String> parents = new HashMap<>();
        String kept = "";
        for (JsonNode span : trace.path("spans")) {
            JsonNode process =
                    trace.path("processes").path(span.path("processID").asText());
            String id = span.path("spanID").asText();
            nodes.put(id, node(span, process));
            String parent = parent(span, trace.path("traceID").asText());
            if (parent != null) {
                parents.put(id, parent);
            }
            kept = kept.isEmpty() ? texts(process.path("tags")).getOrDefault(KEEP_REASON, "") : kept;
        }
        cutCircles(parents);
        List<Node> roots = new ArrayList<>();
        nodes.forEach((id, node) -> {
            Node parent = nodes.get(parents.getOrDefault(id, ""));
            (parent == null ? roots : parent.children).add(node);
        });
        Comparator<Node> earliest = Comparator.comparingLong(Node::startMicros);
        roots.sort(earliest);
        nodes.values().forEach(node -> node.children.sort(earliest));
        return new TraceTree(trace.path("traceID").asText(), kept, sentences(trace), roots);
    }

    /** Takes one span of each circle its parent away. Every span is looked at once: calls may be as deep as there are spans. */
    private static void cutCircles(Map<String, String> parents) {
        Set<String> done = new HashSet<>();
        for (String id : List.copyOf(parents.keySet())) {
            Set<String> way = new HashSet<>();
            for (String at = id; at != null && !done.contains(at); at = parents.get(at)) {
                if (!way.add(at)) {
                    parents.remove(at);
                    break;
                }
            }
            done.addAll(way);
        }
    }

    private static Node node(JsonNode span, JsonNode process) {
        List<Event> events = new ArrayList<>();
        for (JsonNode log : span.path("logs")) {
            Map<String, String> fields = texts(log.path("fields"));
            events.add(new Event(fields.getOrDefault("event", ""), fields));
        }
        return new Node(
                process.path("serviceName").asText("unknown"),
                span.path("operationName").asText(),
                span.path("startTime").asLong(),
                span.path("duration").asLong(),
                texts(span.path("tags")),
                events,
                sentences(span),
                new ArrayList<>());
    }

    private static @Nullable String parent(JsonNode span, String trace) {
        for (JsonNode reference : span.path("references")) {
            if (reference.path("refType").asText().equals("CHILD_OF")
                    && reference.path("traceID").asText().equals(trace)) {
                return reference.path("spanID").asText();
            }
        }
        return null;
    }

    private static List<String> sentences(JsonNode of) {
        List<String> sentences = new ArrayList<>();
        of.path("warnings").forEach(warning -> sentences.add(warning.asText()));
        return sentences;
    }

    private static Map<String, String> texts(JsonNode tags) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (JsonNode tag : tags) {
            texts.put(tag.path("key").asText(), tag.path("value").asText());
        }
        return texts;
    }

    /** Every span. Not by recursion, as deep as calls may be. */
    List<Node> all() {
        List<Node> all = new ArrayList<>(roots);
        for (int i = 0; i < all.size(); i++) {
            all.addAll(all.get(i).children);
        }
        return all;
    }
}
