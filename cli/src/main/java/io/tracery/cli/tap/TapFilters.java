package io.tracery.cli.tap;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Which exchanges are of interest; together they narrow. The API checks what they say. */
final class TapFilters {

    @Option(
            names = "--fate",
            paramLabel = "FATE",
            defaultValue = "",
            description = "served, deadline, ...; !served: all others.")
    private String fate = "";

    @Option(
            names = "--status",
            paramLabel = "CODE",
            defaultValue = "",
            description = "503, 5xx, or a gRPC status: UNAVAILABLE.")
    private String status = "";

    @Option(names = "--min", paramLabel = "MS", defaultValue = "", description = "Took at least so many milliseconds.")
    private String least = "";

    @Option(
            names = "--peer",
            paramLabel = "WHO",
            defaultValue = "",
            description = "The other end: cart, shop/cart, or its SPIFFE ID.")
    private String peer = "";

    @Option(
            names = "--route",
            paramLabel = "NAME",
            defaultValue = "",
            description = "The route's name, or the path's template.")
    private String route = "";

    @Option(names = "--method", paramLabel = "NAME", defaultValue = "", description = "GET, POST, ...")
    private String method = "";

    @Option(names = "--path", paramLabel = "PREFIX", defaultValue = "", description = "What the path begins with.")
    private String path = "";

    @Option(
            names = "--header",
            paramLabel = "NAME[:VALUE]",
            defaultValue = "",
            description = "A request header, of those that sidecars are told to record.")
    private String header = "";

    @Option(
            names = "--retried",
            paramLabel = "true|false",
            defaultValue = "",
            arity = "0..1",
            fallbackValue = "true",
            description = "More than one attempt, or just one.")
    private String retried = "";

    @Option(
            names = "--direction",
            paramLabel = "WHICH",
            defaultValue = "",
            description = "inbound (as the callee's sidecar sees it) or outbound.")
    private String direction = "";

    @Option(names = "--trace", paramLabel = "ID", defaultValue = "", description = "Of one trace.")
    private String trace = "";

    @Option(
            names = "--sample",
            paramLabel = "PERCENT",
            defaultValue = "",
            description = "Of so many traces in a hundred, the same ones everywhere.")
    private String sample = "";

    Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("fate", fate);
        parameters.put("status", status);
        parameters.put("min_ms", least);
        parameters.put("peer", peer);
        parameters.put("route", route);
        parameters.put("method", method);
        parameters.put("path", path);
        parameters.put("header", header);
        parameters.put("retried", retried);
        parameters.put("direction", direction);
        parameters.put("trace", trace);
        parameters.put("sample", sample);
        return parameters;
    }
}
