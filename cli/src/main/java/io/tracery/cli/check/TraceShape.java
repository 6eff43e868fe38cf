package io.tracery.cli.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a trace in Jaeger's JSON tells about hops between sidecars. A sidecar's span is known by its fate; an application's
 * own spans may stand between.
 *
 * @param traceId 32 hex digits
 * @param hops pairs of a caller's and a receiver's sidecar span
 * @param gaps what is missing, in words; empty when the trace is complete
 */
record TraceShape(String traceId, int hops, List<String> gaps) {

    private static final String FATE = "tracery.fate";

    private record Span(
            String id, String parent, String name, String service, String kind, boolean sidecar, String fate) {

        boolean sidecarOf(String expectedKind) {
            return sidecar && kind.equals(expectedKind);
        }
    }

    /** @param trace one element of {@code data} */
    static TraceShape of(JsonNode trace) {
        Map<String, Span> spans = new HashMap<>();
        List<String> gaps = new ArrayList<>();
        for (JsonNode node : trace.required("spans")) {
            Span span = span(node, trace.path("processes"));
            if (spans.put(span.id(), span) != null) {
                gaps.add("two spans have the id " + span.id());
            }
        }
        int hops = 0;
        int roots = 0;
        Set<String> reached = new HashSet<>();
        for (Span span : spans.values()) {
            Span parent = spans.get(span.parent());
            if (span.parent().isEmpty()) {
                roots++;
            } else if (parent == null) {
                gaps.add("the parent " + span.parent() + " of " + described(span) + " is missing");
            } else if (span.sidecarOf("server") && parent.sidecarOf("client")) {
                hops++;
                reached.add(parent.id());
            } else if (span.sidecarOf("client") && parent.sidecarOf("client")) {
                // An attempt: the hop is the attempt's, not the exchange's.
                reached.add(parent.id());
            }
        }
        if (roots != 1) {
            gaps.add("it has " + roots + " roots instead of one");
        }
        for (Span span : spans.values()) {
            if (span.sidecarOf("client") && span.fate().equals("served") && !reached.contains(span.id())) {
                gaps.add("the other side of " + described(span) + " is missing");
            }
        }
        return new TraceShape(trace.required("traceID").asText(), hops, List.copyOf(gaps));
    }

    private static String described(Span span) {
        return span.service() + "'s " + span.kind() + " span \"" + span.name() + "\"";
    }

    private static Span span(JsonNode node, JsonNode processes) {
        String parent = "";
        for (JsonNode reference : node.path("references")) {
            if (reference.path("refType").asText().equals("CHILD_OF")) {
                parent = reference.path("spanID").asText();
            }
        }
        Map<String, String> tags = new HashMap<>();
        node.path("tags")
                .forEach(tag ->
                        tags.put(tag.path("key").asText(), tag.path("value").asText()));
        return new Span(
                node.required("spanID").asText(),
                parent,
                node.path("operationName").asText(),
                processes
                        .path(node.path("processID").asText())
                        .path("serviceName")
                        .asText("an unknown service"),
                tags.getOrDefault("span.kind", "internal"),
                tags.containsKey(FATE),
                tags.getOrDefault(FATE, ""));
    }
}
