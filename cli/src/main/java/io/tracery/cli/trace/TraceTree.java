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
 * A trace as Jaeger's API tells it, as a tree. A span whose parent is not there, or is below itself, is a root.
 *
 * @param keptBecause {@code tracery.keep.reason}; empty where nobody says
 * @param roots the earliest first
 */
public record TraceTree(String id, String keptBecause, List<Node> roots) {

    private static final String KEEP_REASON = "tracery.keep.reason";

    /**
     * One span.
     *
     * @param startMicros since 1970
     * @param tags as text
     * @param children the earliest first
     */
    public record Node(
            String service,
            String operation,
            long startMicros,
            long durationMicros,
            Map<String, String> tags,
            List<Event> events,
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
        List<Node> roots = new ArrayList<>();
        nodes.forEach((id, node) -> {
            Node parent = nodes.get(parents.getOrDefault(id, ""));
            (parent == null || circular(id, parents) ? roots : parent.children).add(node);
        });
        Comparator<Node> earliest = Comparator.comparingLong(Node::startMicros);
        roots.sort(earliest);
        nodes.values().forEach(node -> node.children.sort(earliest));
        return new TraceTree(trace.path("traceID").asText(), kept, roots);
    }

    private static boolean circular(String id, Map<String, String> parents) {
        Set<String> seen = new HashSet<>();
        String at = id;
        while (at != null) {
            if (!seen.add(at)) {
                return true;
            }
            at = parents.get(at);
        }
        return false;
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

    private static Map<String, String> texts(JsonNode tags) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (JsonNode tag : tags) {
            texts.put(tag.path("key").asText(), tag.path("value").asText());
        }
        return texts;
    }

    /** Every span, parents before their children. */
    List<Node> all() {
        List<Node> all = new ArrayList<>();
        roots.forEach(root -> collect(root, all));
        return all;
    }

    private static void collect(Node node, List<Node> into) {
        into.add(node);
        node.children.forEach(child -> collect(child, into));
    }
}
