package io.tracery.cli.trace;

import com.fasterxml.jackson.databind.JsonNode;
import io.tracery.cli.graph.Api;
import io.tracery.cli.text.Screen;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tracery explain TRACE}: what happened to one request, and why; with another trace, how the two differ. */
@Command(
        name = "explain",
        description =
                "Shows one trace: who called whom, how long each took, how it ended, and why the mesh did what it did.",
        mixinStandardHelpOptions = true)
public final class ExplainCommand implements Callable<Integer> {

    private static final Pattern ID = Pattern.compile("[0-9a-f]{1,32}");

    /** Services whose part of the critical path is told. */
    private static final int MOST = 4;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "TRACE", description = "The trace's id, 32 hexadecimal digits.")
    @SuppressWarnings("NullAway.Init")
    private String trace;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "OTHER",
            description = "Another trace's id: show how the two differ, call by call, instead.")
    private String other = "";

    @Option(
            names = "--search",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:16686",
            description = "Trace search; default: ${DEFAULT-VALUE}.")
    private String search = "";

    @Option(names = "--all", description = "Say why for each exchange, not only where something happened.")
    private boolean all;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "text, or json: the trace as Jaeger has it, or the comparison as the API has it.")
    private String output = "";

    @Override
    public Integer call() {
        requireId(trace);
        if (!other.isEmpty()) {
            requireId(other);
        }
        if (!output.equals("text") && !output.equals("json")) {
            throw new ParameterException(spec.commandLine(), "-o is text or json, not " + output);
        }
        PrintWriter out = spec.commandLine().getOut();
        try (Server server = Server.search(search)) {
            (other.isEmpty() ? explain(server) : compare(server)).forEach(out::println);
            out.flush();
            return 0;
        } catch (Api.Refused e) {
            spec.commandLine().getErr().println(e.text());
            return 1;
        }
    }

    private void requireId(String id) {
        if (!ID.matcher(id).matches()) {
            throw new ParameterException(
                    spec.commandLine(), id + " is no trace id: up to 32 hexadecimal digits in lower case");
        }
    }

    private List<String> explain(Server server) throws Api.Refused {
        JsonNode found = server.find("/api/traces/" + trace, "data")
                .orElseThrow(() -> missing(trace))
                .path("data")
                .path(0);
        if (output.equals("json")) {
            return List.of(found.toPrettyString());
        }
        return TraceText.of(TraceTree.of(found), criticalPath(server), all);
    }

    /** Empty where nobody says: Jaeger itself has no such thing. */
    private String criticalPath(Server server) {
        try {
            return server.find("/api/traces/" + trace + "/analysis", "operations")
                    .map(ExplainCommand::criticalPath)
                    .orElse("");
        } catch (Api.Refused e) {
            return "";
        }
    }

    private List<String> compare(Server server) throws Api.Refused {
        Optional<JsonNode> comparison = server.find("/api/traces/compare?a=" + trace + "&b=" + other, "nodes");
        if (comparison.isEmpty()) {
            throw missing(server.find("/api/traces/" + trace, "data").isEmpty() ? trace : other);
        }
        return output.equals("json")
                ? List.of(comparison.get().toPrettyString())
                : TraceComparison.of(comparison.get(), Screen.find());
    }

    /** Whose own time made the trace as long as it was, the most first. */
    private static String criticalPath(JsonNode analysis) {
        Map<String, Double> micros = new LinkedHashMap<>();
        analysis.path("operations")
                .forEach(operation -> micros.merge(
                        operation.path("service").asText(),
                        operation.path("criticalTime").asDouble(),
                        Double::sum));
        return micros.entrySet().stream()
                .filter(service -> service.getValue() > 0)
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .limit(MOST)
                .map(service -> service.getKey() + " " + Figures.duration(service.getValue()))
                .collect(Collectors.joining("  ·  "));
    }

    private static Api.Refused missing(String id) {
        return new Api.Refused("trace " + id + " is not there: it was not kept, is older than the store,"
                + " or its root has not ended yet.\n"
                + "What was recorded of it lately: ./tracery traces --raw --since 30m --limit 1000 --trace " + id);
    }
}
