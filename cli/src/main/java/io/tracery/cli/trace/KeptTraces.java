package io.tracery.cli.trace;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tracery.cli.demo.Http;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Traces that were kept, asked of trace search by Jaeger's API; what that cannot be asked for is looked at here. */
final class KeptTraces {

    private static final int OK = 200;
    private static final int NOT_FOUND = 404;

    /** Services that are asked for one after the other where none is named. */
    private static final int MOST_SERVICES = 50;

    /** Traces that are looked through for each row that is wanted. */
    private static final int TRACES_PER_ROW = 5;

    private static final int MOST_TRACES = 1_500;

    private final Http http;
    private final String search;
    private final Wanted wanted;
    private final Map<String, ExchangeRow> rows = new LinkedHashMap<>();

    private KeptTraces(Http http, String search, Wanted wanted) {
        this.http = http;
        this.search = search;
        this.wanted = wanted;
    }

    static TracesCommand.Finding find(Http http, String search, Wanted wanted) throws IOException {
        KeptTraces traces = new KeptTraces(http, search, wanted);
        List<String> notes = new ArrayList<>();
        if (wanted.trace().isEmpty()) {
            List<String> services = traces.services();
            if (services.size() > MOST_SERVICES) {
                notes.add("looked at " + MOST_SERVICES + " of " + services.size() + " services; name one by --service");
            }
            for (String service : services.subList(0, Math.min(MOST_SERVICES, services.size()))) {
                traces.add("/api/traces?" + traces.query(service));
            }
        } else {
            traces.add("/api/traces/" + wanted.trace());
        }
        List<ExchangeRow> newest = traces.rows.values().stream()
                .sorted(Comparator.comparingLong(ExchangeRow::startMicros).reversed())
                .limit(wanted.limit())
                .toList();
        notes.addFirst(newest.size() + " of " + traces.rows.size() + " that were kept and match");
        return new TracesCommand.Finding(newest, List.copyOf(notes));
    }

    private List<String> services() throws IOException {
        if (!wanted.service().isEmpty()) {
            // Jaeger knows names, not namespaces.
            return List.of(wanted.service().substring(wanted.service().lastIndexOf('/') + 1));
        }
        List<String> services = new ArrayList<>();
        page("/api/services").path("data").forEach(service -> services.add(service.asText()));
        return List.copyOf(services);
    }

    private String query(String service) {
        long now = TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
        StringBuilder query = new StringBuilder("service=").append(encoded(service));
        query.append("&start=").append(now - Math.round(Wanted.micros(wanted.since(), 0)));
        query.append("&limit=").append(Math.min(MOST_TRACES, wanted.limit() * TRACES_PER_ROW));
        if (!wanted.fate().isEmpty() && !wanted.fate().startsWith("!")) {
            query.append("&tag=").append(encoded("tracery.fate:" + wanted.fate()));
        }
        if (!wanted.minDuration().isEmpty()) {
            query.append("&minDuration=").append(encoded(wanted.minDuration()));
        }
        if (!wanted.maxDuration().isEmpty()) {
            query.append("&maxDuration=").append(encoded(wanted.maxDuration()));
        }
        return query.toString();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private void add(String path) throws IOException {
        for (JsonNode trace : page(path).path("data")) {
            for (JsonNode span : trace.path("spans")) {
                ExchangeRow row = row(
                        span,
                        trace.path("processes").path(span.path("processID").asText()));
                if (wanted.matches(row)) {
                    rows.put(row.trace() + row.span() + row.kind(), row);
                }
            }
        }
    }

    private JsonNode page(String path) throws IOException {
        Http.Page page = http.get(search + path);
        if (page.status() == NOT_FOUND) {
            return JsonMapper.builder().build().createObjectNode();
        }
        if (page.status() != OK) {
            throw new TracesCommand.Refused(page);
        }
        return JsonMapper.builder().build().readTree(page.body());
    }

    private static ExchangeRow row(JsonNode span, JsonNode process) {
        Map<String, String> tags = tags(span.path("tags"));
        Map<String, String> resource = tags(process.path("tags"));
        String rpc = tags.getOrDefault("rpc.response.status_code", "");
        return new ExchangeRow(
                span.path("traceID").asText(),
                span.path("spanID").asText(),
                named(
                        resource.getOrDefault("service.namespace", ""),
                        process.path("serviceName").asText()),
                tags.getOrDefault("span.kind", ""),
                span.path("operationName").asText(),
                tags.getOrDefault("url.path", ""),
                named(tags.getOrDefault("service.peer.namespace", ""), tags.getOrDefault("service.peer.name", "")),
                tags.getOrDefault("tracery.fate", ""),
                rpc.isEmpty() ? tags.getOrDefault("http.response.status_code", "") : rpc,
                span.path("startTime").asLong(),
                span.path("duration").asDouble(),
                resource.getOrDefault("tracery.keep.reason", ""));
    }

    private static String named(String namespace, String name) {
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }

    private static Map<String, String> tags(JsonNode tags) {
        Map<String, String> all = new HashMap<>();
        tags.forEach(tag -> all.put(tag.path("key").asText(), tag.path("value").asText()));
        return all;
    }
}
