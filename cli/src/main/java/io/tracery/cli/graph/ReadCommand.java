package io.tracery.cli.graph;

import com.fasterxml.jackson.databind.JsonNode;
import io.tracery.cli.text.Figures;
import io.tracery.cli.text.Screen;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A question to the topology API: the answer as JSON, or as text. */
abstract class ReadCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "${env:TRACERY_URL:-" + Api.STANDARD + "}",
            description = "The topology service; default: TRACERY_URL, else " + Api.STANDARD + ".")
    private String url = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "text, or json: as the API answers.")
    private String output = "";

    /** Null until it is asked for: every command is made for each call, and few need to know. */
    private @Nullable Screen screen;

    @Override
    public final Integer call() throws InterruptedException {
        if (!output.equals("text") && !output.equals("json")) {
            throw new ParameterException(spec.commandLine(), "-o is text or json, not " + output);
        }
        try (Api api = new Api(url)) {
            run(api);
            return 0;
        } catch (Api.Refused e) {
            PrintWriter err = spec.commandLine().getErr();
            err.println(e.text());
            err.flush();
            return 1;
        }
    }

    void run(Api api) throws Api.Refused, InterruptedException {
        JsonNode answer = ask(api);
        if (json()) {
            print(List.of(answer.toPrettyString()));
        } else {
            warnOfOldData(api);
            print(text(answer, screen()));
        }
    }

    /** The answer, whole. */
    abstract JsonNode ask(Api api) throws Api.Refused;

    /** The answer as lines. */
    abstract List<String> text(JsonNode answer, Screen on);

    final boolean json() {
        return output.equals("json");
    }

    final Screen screen() {
        Screen found = screen == null ? Screen.find() : screen;
        screen = found;
        return found;
    }

    /** For tests, which have a screen of their own. */
    final void screen(Screen other) {
        screen = other;
    }

    final void print(List<String> lines) {
        PrintWriter out = spec.commandLine().getOut();
        lines.forEach(out::println);
        out.flush();
    }

    final CommandSpec spec() {
        return spec;
    }

    /** A page says plainly when it shows what was; so does this, where it does not disturb the table. */
    private void warnOfOldData(Api api) throws Api.Refused {
        JsonNode health = api.get("/api/health", Map.of());
        String warning = switch (health.path("status").asText()) {
            case "empty" -> "No telemetry has arrived yet: do sidecars run, and does Kafka?";
            case "stale" ->
                "The newest telemetry is of "
                        + Figures.day(health.path("newestData").asLong()) + " UTC: do sidecars run, and does Kafka?";
            default -> "";
        };
        if (!warning.isEmpty()) {
            PrintWriter err = spec.commandLine().getErr();
            err.println(warning);
            err.flush();
        }
    }
}
