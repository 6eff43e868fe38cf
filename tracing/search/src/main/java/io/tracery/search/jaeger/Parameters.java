package io.tracery.search.jaeger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.linecorp.armeria.common.QueryParams;
import io.tracery.search.store.Kind;
import io.tracery.search.store.TraceQuery;
import io.tracery.search.store.TraceQuery.Range;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Jaeger's query parameters, read with Jaeger's defaults and refused with Jaeger's messages. */
final class Parameters {

    private static final long DEFAULT_LOOKBACK_NANOS = TimeUnit.DAYS.toNanos(2);
    private static final int TRACE_ID_BYTES = 16;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final TypeReference<Map<String, String>> TAGS = new TypeReference<>() {};

    private final QueryParams query;

    Parameters(QueryParams query) {
        this.query = query;
    }

    boolean pretty() {
        return isTrue("prettyPrint");
    }

    /** True when spans are wanted as they came. */
    boolean raw() {
        return isTrue("raw");
    }

    private boolean isTrue(String name) {
        String value = query.get(name, "");
        return switch (value) {
            case "", "false", "0" -> false;
            case "true", "1" -> true;
            default -> throw ApiException.badRequest("unable to parse param '" + name + "': " + value);
        };
    }

    String service() {
        String service = query.get("service", "");
        if (service.isEmpty()) {
            throw ApiException.badRequest("parameter 'service' is required");
        }
        return service;
    }

    /** Empty for any kind. */
    List<Kind> spanKinds() {
        String label = query.get("spanKind", "");
        return label.isEmpty()
                ? List.of()
                : List.of(Kind.labelled(label)
                        .orElseThrow(() -> ApiException.badRequest("unable to parse param 'spanKind': '" + label
                                + "' is none of server, client, producer, consumer, internal")));
    }

    /** The traces that are asked for by name, as 32 hex digits. */
    List<String> traceIds() {
        List<String> ids = new ArrayList<>();
        for (String id : query.getAll("traceID")) {
            ids.add(traceId(id));
        }
        if (ids.size() > TraceQuery.MOST_TRACES) {
            throw ApiException.badRequest(
                    "at most " + TraceQuery.MOST_TRACES + " 'traceID' parameters can be answered at once");
        }
        return ids;
    }

    /** A trace id of up to 32 hex digits, or of 16 bytes in base64, as 32 hex digits. */
    static String traceId(String text) {
        if (!text.isEmpty()
                && text.length() <= 2 * TRACE_ID_BYTES
                && text.chars().allMatch(HexFormat::isHexDigit)) {
            return "0".repeat(2 * TRACE_ID_BYTES - text.length()) + text.toLowerCase(java.util.Locale.ROOT);
        }
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            if (bytes.length == TRACE_ID_BYTES) {
                return HexFormat.of().formatHex(bytes);
            }
        } catch (IllegalArgumentException e) {
            // Neither; refused below.
            throw malformedTraceId(text);
        }
        throw malformedTraceId(text);
    }

    private static ApiException malformedTraceId(String text) {
        return ApiException.badRequest(
                "unable to parse trace id '" + text + "': neither 1 to 32 hex digits nor 16" + " bytes in base64");
    }

    /** The search that {@code /api/traces} is asked for. */
    TraceQuery search(long nowNanos) {
        long end = micros("end", nowNanos);
        long start = micros("start", nowNanos - DEFAULT_LOOKBACK_NANOS);
        long least = duration("minDuration", Range.ANY.least());
        long most = duration("maxDuration", Range.ANY.most());
        if (most < least) {
            throw ApiException.badRequest("'maxDuration' should be greater than 'minDuration'");
        }
        return new TraceQuery(
                service(), query.get("operation", ""), tags(), new Range(start, end), new Range(least, most), limit());
    }

    private long micros(String name, long fallback) {
        String text = query.get(name, "");
        if (text.isEmpty()) {
            return fallback;
        }
        try {
            return TimeUnit.MICROSECONDS.toNanos(Long.parseLong(text));
        } catch (NumberFormatException e) {
            throw ApiException.badRequest(
                    "unable to parse param '" + name + "': '" + text + "' is no number of microseconds since 1970");
        }
    }

    private long duration(String name, long fallback) {
        String text = query.get(name, "");
        try {
            return text.isEmpty() ? fallback : GoDuration.parse(text);
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest("unable to parse param '" + name + "': " + e.getMessage());
        }
    }

    private int limit() {
        String text = query.get("limit", "");
        if (text.isEmpty()) {
            return TraceQuery.USUAL_TRACES;
        }
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= TraceQuery.MOST_TRACES) {
                return limit;
            }
        } catch (NumberFormatException e) {
            throw ApiException.badRequest("unable to parse param 'limit': '" + text + "' is no number");
        }
        throw ApiException.badRequest(
                "unable to parse param 'limit': " + text + " is not within 1.." + TraceQuery.MOST_TRACES);
    }

    private Map<String, String> tags() {
        Map<String, String> tags = new HashMap<>();
        for (String tag : query.getAll("tag")) {
            int colon = tag.indexOf(':');
            if (colon < 0) {
                throw ApiException.badRequest("malformed 'tag' parameter, expecting key:value, received: " + tag);
            }
            tags.put(tag.substring(0, colon), tag.substring(colon + 1));
        }
        for (String json : query.getAll("tags")) {
            tags.putAll(map(json, "tags"));
        }
        return tags;
    }

    /** @param name the parameter that holds the map */
    static Map<String, String> map(String json, String name) {
        try {
            Map<String, String> map = new HashMap<>();
            JSON.readValue(json, TAGS).forEach((key, value) -> map.put(key, Objects.requireNonNullElse(value, "")));
            return map;
        } catch (JsonProcessingException e) {
            throw ApiException.badRequest(
                    "malformed '" + name + "' parameter, expecting a JSON map of strings: " + e.getOriginalMessage());
        }
    }
}
