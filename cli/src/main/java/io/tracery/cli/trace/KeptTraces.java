package io.tracery.cli.trace;

import com.fasterxml.jackson.databind.JsonNode;
import io.tracery.cli.graph.Api;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Traces that were kept, asked of trace search by Jaeger's API; what that cannot be asked for is looked at here. */
final class KeptTraces {

    /** Traces of an answer: few, because one may be large. */
    private static final int PAGE = 100;

    /** Traces that are looked through in all, where what is asked for is rare. */
    private static final int MOST_TRACES = 5_000;

    /** Services that are named where the one asked for is not there. */
    private static final int MOST_NAMES = 30;

    private final Server search;
    private final Wanted wanted;
    private final Map<String, ExchangeRow> rows = new LinkedHashMap<>();
    private int lookedAt;

    /** Not all of the time was looked through, because enough was found, or too much of it was something else. */
    private boolean cut;

    private KeptTraces(Server search, Wanted wanted) {
        this.search = search;
        this.wanted = wanted;
    }

    static TracesCommand.Finding find(Server search, Wanted wanted) throws Api.Refused {
        KeptTraces traces = new KeptTraces(search, wanted);
        if (wanted.trace().isEmpty()) {
            long now = TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
            for (String service : traces.services()) {
                traces.lookThrough(service, now);
            }
        } else {
            search.find("/api/traces/" + wanted.trace(), "data")
                    .ifPresent(found -> found.path("data").forEach(trace -> traces.add(trace, "")));
        }
        return new TracesCommand.Finding(
                traces.rows.values().stream()
                        .sorted(Comparator.comparingLong(ExchangeRow::startMicros)
                                .reversed())
                        .limit(wanted.limit())
                        .toList(),
                List.of(traces.told()));
    }

    private String told() {
        if (rows.size() > wanted.limit() || (cut && rows.size() == wanted.limit())) {
            return "the newest " + wanted.limit() + "; there may be more, see them by --limit";
        }
        return cut
                ? rows.size() + " among the newest " + lookedAt
                        + " traces that may match; name a --service, or less time by --since, and all are looked through"
                : rows.size() + ", all that were kept and match";
    }

    private List<String> services() throws Api.Refused {
        List<String> services = new ArrayList<>();
        search.get("/api/services", "data").path("data").forEach(service -> services.add(service.asText()));
        if (wanted.service().isEmpty()) {
            return List.copyOf(services);
        }
        // Jaeger knows names, not namespaces.
        String name = wanted.service().substring(wanted.service().lastIndexOf('/') + 1);
        if (!services.contains(name)) {
            throw new Api.Refused("no trace of a service " + name + " is kept at " + search.url() + "; there are "
                    + services.stream().limit(MOST_NAMES).collect(Collectors.joining(", "))
                    + (services.size() > MOST_NAMES ? ", …" : ""));
        }
        return List.of(name);
    }

    /** Backwards in time, until there is enough of this service. */
    private void lookThrough(String service, long now) throws Api.Refused {
        long start = now - Math.round(Wanted.micros(wanted.since(), 0));
        int found = 0;
        for (long end = now; found < wanted.limit(); ) {
            if (lookedAt >= MOST_TRACES) {
                cut = true;
                return;
            }
            JsonNode page = search.get("/api/traces?" + query(service, start, end), "data")
                    .path("data");
            long oldest = end;
            for (JsonNode trace : page) {
                found += add(trace, service);
                oldest = Math.min(oldest, newest(trace, service, end));
            }
            lookedAt += page.size();
            // The newest come first, so that what is left begins no later than any of these.
            if (page.size() < PAGE || oldest >= end) {
                cut |= page.size() >= PAGE;
                return;
            }
            end = oldest;
        }
        cut = true;
    }

    /** When the last span of a service began that is no later than the end. */
    private static long newest(JsonNode trace, String service, long end) {
        long newest = 0;
        for (JsonNode span : trace.path("spans")) {
            long start = span.path("startTime").asLong();
            if (start <= end
                    && process(trace, span).path("serviceName").asText().equals(service)) {
                newest = Math.max(newest, start);
            }
        }
        return newest;
    }

    private String query(String service, long start, long end) {
        StringBuilder query = new StringBuilder("service=").append(encoded(service));
        query.append("&start=").append(start).append("&end=").append(end).append("&limit=" + PAGE);
        tags().forEach(tag -> query.append("&tag=").append(encoded(tag)));
        if (!wanted.minDuration().isEmpty()) {
            query.append("&minDuration=").append(encoded(wanted.minDuration()));
        }
        if (!wanted.maxDuration().isEmpty()) {
            query.append("&maxDuration=").append(encoded(wanted.maxDuration()));
        }
        return query.toString();
    }

    /** What Jaeger can be asked for: one span has all of it, exactly. */
    private List<String> tags() {
        List<String> tags = new ArrayList<>();
        String fate = wanted.fate();
        if (fate.equals("!served")) {
            // Every exchange that was not served is one, and a few that were.
            tags.add("error:true");
        } else if (!fate.isEmpty() && !fate.startsWith("!")) {
            tags.add("tracery.fate:" + fate);
        }
        String status = wanted.status().toUpperCase(Locale.ROOT);
        if (!status.isEmpty() && !status.endsWith("XX")) {
            tags.add((Character.isDigit(status.charAt(0)) ? "http" : "rpc") + ".response.status_code:" + status);
        }
        return tags;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static JsonNode process(JsonNode trace, JsonNode span) {
        return trace.path("processes").path(span.path("processID").asText());
    }

    /** How many spans of the service, or of any where it is empty, are wanted and new. */
    private int add(JsonNode trace, String service) {
        int added = 0;
        for (JsonNode span : trace.path("spans")) {
            JsonNode process = process(trace, span);
            ExchangeRow row = row(span, process);
            if (wanted.matches(row)
                    && (service.isEmpty()
                            || process.path("serviceName").asText().equals(service))
                    && rows.put(row.trace() + row.span() + row.kind(), row) == null) {
                added++;
            }
        }
        return added;
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
