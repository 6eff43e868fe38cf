package io.tracery.cli.trace;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tracery.cli.demo.Http;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tracery traces}: exchanges by what they were, of the traces that were kept or of everything. */
@Command(
        name = "traces",
        sortOptions = false,
        description = {
            "Finds exchanges, the newest first: of the traces that were kept, or with --raw all of the",
            "last minutes, kept or not. tracery explain TRACE tells more of one that was kept."
        },
        mixinStandardHelpOptions = true)
public final class TracesCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--raw",
            description = "Look through everything that was recorded and is still there: some 30 minutes.")
    private boolean raw;

    @Mixin
    private Wanted wanted = new Wanted();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "table, or json.")
    private String output = "";

    @Option(
            names = "--search",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:16686",
            description = "Trace search; default: ${DEFAULT-VALUE}.")
    private String search = "";

    @Option(
            names = "--pipeline",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:4318",
            description = "The pipeline's OTLP port, which --raw asks; default: ${DEFAULT-VALUE}.")
    private String pipeline = "";

    @Override
    public Integer call() {
        if (!output.equals("table") && !output.equals("json")) {
            throw new ParameterException(spec.commandLine(), "-o is table or json, not " + output);
        }
        wanted.check(spec.commandLine());
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        String asked = raw ? pipeline : search;
        try (Http http = new Http()) {
            Finding finding = raw ? RawTraces.find(http, pipeline, wanted) : KeptTraces.find(http, search, wanted);
            if (output.equals("json")) {
                out.println(json(finding.rows()).toPrettyString());
            } else {
                ExchangeTable.of(finding.rows()).forEach(out::println);
            }
            finding.notes().forEach(err::println);
            out.flush();
            return finding.rows().isEmpty() ? 1 : 0;
        } catch (Refused e) {
            err.println(asked + " refused: " + e.getMessage());
            return 1;
        } catch (IOException e) {
            err.println((raw ? "the pipeline" : "trace search") + " does not answer at " + asked + " (" + e.getMessage()
                    + "); name another one by " + (raw ? "--pipeline" : "--search"));
            return 1;
        }
    }

    private static ArrayNode json(List<ExchangeRow> rows) {
        ArrayNode all = JsonMapper.builder().build().createArrayNode();
        rows.forEach(row -> all.add(row.json()));
        return all;
    }

    /**
     * What was found.
     *
     * @param notes sentences for a person about what was not
     */
    record Finding(List<ExchangeRow> rows, List<String> notes) {}

    /** The other side answered, with an error. */
    static final class Refused extends IOException {
        private static final int TOLD = 300;

        Refused(Http.Page page) {
            super(page.status() + " " + told(page.body()));
        }

        private static String told(String body) {
            try {
                JsonNode json = JsonMapper.builder().build().readTree(body);
                if (json instanceof ObjectNode && json.path("error").has("message")) {
                    return json.path("error").path("message").asText();
                }
            } catch (IOException e) {
                // Told as it is.
            }
            return body.strip().substring(0, Math.min(TOLD, body.strip().length()));
        }
    }
}
