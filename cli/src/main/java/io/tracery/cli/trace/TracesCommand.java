package io.tracery.cli.trace;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.tracery.cli.graph.Api;
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
            "Finds exchanges, the newest first: of the traces that were kept, or with --raw of all that was recorded lately.",
            "tracery explain TRACE tells more of one that was kept."
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
        try (Server server = raw ? Server.pipeline(pipeline) : Server.search(search)) {
            Finding finding = raw ? RawTraces.find(server, wanted) : KeptTraces.find(server, wanted);
            if (output.equals("json")) {
                out.println(json(finding.rows()).toPrettyString());
            } else {
                ExchangeTable.of(finding.rows()).forEach(out::println);
            }
            out.flush();
            finding.notes().forEach(err::println);
            return finding.rows().isEmpty() ? 1 : 0;
        } catch (Api.Refused e) {
            err.println(e.text());
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
}
