package io.tracery.cli.trace;

import com.fasterxml.jackson.databind.JsonNode;
import io.tracery.cli.graph.Api;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Everything that was recorded, asked of the pipeline. */
final class RawTraces {

    private RawTraces() {}

    static TracesCommand.Finding find(Server pipeline, Wanted wanted) throws Api.Refused {
        JsonNode found = pipeline.get("/api/raw?" + query(wanted), "spans");
        List<ExchangeRow> rows = new ArrayList<>();
        found.path("spans").forEach(span -> rows.add(row(span)));
        List<String> notes = new ArrayList<>();
        notes.add(rows.size() + " of " + found.path("examinedSpans").asLong() + " spans" + reach(found));
        if (!found.path("complete").asBoolean()) {
            notes.add("not all of that time was looked through; ask for less by --since");
        }
        return new TracesCommand.Finding(List.copyOf(rows), List.copyOf(notes));
    }

    private static String reach(JsonNode found) {
        long since = found.path("sinceMillis").asLong();
        if (since == 0) {
            return "";
        }
        Duration ago = Duration.between(Instant.ofEpochMilli(since), Instant.now());
        return ", back to " + Figures.duration(Math.max(0, ago.toMillis()) * 1e3) + " ago";
    }

    private static String query(Wanted wanted) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("since", wanted.since());
        parameters.put("limit", Integer.toString(wanted.limit()));
        parameters.put("trace", wanted.trace());
        parameters.put("service", wanted.service());
        parameters.put("fate", wanted.fate());
        parameters.put("status", wanted.status());
        parameters.put("path", wanted.path());
        parameters.put("minDuration", wanted.minDuration());
        parameters.put("maxDuration", wanted.maxDuration());
        return parameters.entrySet().stream()
                .filter(parameter -> !parameter.getValue().isEmpty())
                .map(parameter ->
                        parameter.getKey() + "=" + URLEncoder.encode(parameter.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private static ExchangeRow row(JsonNode span) {
        return new ExchangeRow(
                span.path("traceId").asText(),
                span.path("spanId").asText(),
                span.path("service").asText(),
                span.path("kind").asText(),
                span.path("name").asText(),
                span.path("path").asText(),
                span.path("peer").asText(),
                span.path("fate").asText(),
                span.path("status").asText(),
                span.path("startMicros").asLong(),
                span.path("durationMicros").asDouble(),
                "");
    }
}
