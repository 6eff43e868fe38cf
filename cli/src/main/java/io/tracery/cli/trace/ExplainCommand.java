package io.tracery.cli.trace;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tracery.cli.demo.Http;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tracery explain TRACE}: what happened to one request, and why. */
@Command(
        name = "explain",
        description = {
            "Shows one trace: who called whom, how long each took, how it ended,",
            "and why the mesh did what it did."
        },
        mixinStandardHelpOptions = true)
public final class ExplainCommand implements Callable<Integer> {

    private static final int NOT_FOUND = 404;
    private static final int OK = 200;
    private static final Pattern ID = Pattern.compile("[0-9a-f]{1,32}");

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "TRACE", description = "The trace's id, 32 hexadecimal digits.")
    @SuppressWarnings("NullAway.Init")
    private String trace;

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
            description = "text, or json: the trace as Jaeger has it.")
    private String output = "";

    @Override
    public Integer call() throws IOException {
        if (!ID.matcher(trace).matches()) {
            throw new ParameterException(
                    spec.commandLine(), trace + " is no trace id: up to 32 hexadecimal digits in lower case");
        }
        if (!output.equals("text") && !output.equals("json")) {
            throw new ParameterException(spec.commandLine(), "-o is text or json, not " + output);
        }
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try (Http http = new Http()) {
            Http.Page page = http.get(search + "/api/traces/" + trace);
            if (page.status() == NOT_FOUND) {
                err.println("trace " + trace + " is not there: it was not kept, is older than the store,"
                        + " or its root has not ended yet");
                return 1;
            }
            if (page.status() != OK) {
                err.println(search + " answered " + page.status() + ": "
                        + page.body().strip());
                return 1;
            }
            JsonNode found = JsonMapper.builder()
                    .build()
                    .readTree(page.body())
                    .path("data")
                    .path(0);
            if (output.equals("json")) {
                out.println(found.toPrettyString());
            } else {
                TraceText.of(TraceTree.of(found), all).forEach(out::println);
            }
            out.flush();
            return 0;
        } catch (IOException e) {
            err.println("trace search does not answer at " + search + " (" + e.getMessage()
                    + "); name another one by --search");
            return 1;
        }
    }
}
