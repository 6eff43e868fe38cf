package io.tracery.cli.tap;

import com.fasterxml.jackson.databind.JsonNode;
import io.tracery.cli.graph.Api;
import io.tracery.cli.text.Screen;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tracery tap}: single exchanges, back and forward. */
@Command(
        name = "tap",
        description = {
            "Shows single exchanges as sidecars see them end, and with --since those that ended lately, until Ctrl-C.",
            "Needs a tap token: a demo's is found by itself."
        },
        mixinStandardHelpOptions = true)
public final class TapCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "WORKLOAD",
            defaultValue = "",
            description = "shop/cart, cart (in any namespace) or shop/*; default: all.")
    private String workload = "";

    @Mixin
    private final TapFilters filters = new TapFilters();

    @Mixin
    private final TapToken token = new TapToken();

    @Option(
            names = "--since",
            paramLabel = "TIME",
            defaultValue = "",
            description = "Look back, too: 30s, 5m; sidecars remember some thousand exchanges each.")
    private String since = "";

    @Option(names = "--no-follow", description = "End after looking back.")
    private boolean noFollow;

    @Option(
            names = {"-c", "--limit"},
            paramLabel = "N",
            defaultValue = "",
            description = "End after so many exchanges, 1 to 10000.")
    private String limit = "";

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "",
            description = "Exchanges a second at most, 1 to 500, default 50; the rest are counted.")
    private String rate = "";

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
            description = "text, or json: an object a line.")
    private String output = "";

    /** Null until it is asked for: every command is made for each call, and few need to know. */
    private @Nullable Screen screen;

    /** Exchanges of the past, which come sidecar by sidecar; null once they were shown in order. */
    private @Nullable List<JsonNode> past = new ArrayList<>();

    private int notes;

    @Override
    public Integer call() throws InterruptedException {
        if (!output.equals("text") && !output.equals("json")) {
            throw new ParameterException(spec.commandLine(), "-o is text or json, not " + output);
        }
        try (TapStream stream = TapStream.open(url, parameters(), token.find())) {
            return show(stream);
        } catch (Api.Refused e) {
            return failed(e.text());
        } catch (IOException e) {
            return failed(Api.unreachable(url, e));
        }
    }

    private Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("workload", workload);
        parameters.putAll(filters.parameters());
        parameters.put("since", since);
        parameters.put("follow", noFollow ? "false" : "");
        parameters.put("limit", limit);
        parameters.put("rate", rate);
        return parameters;
    }

    private int show(TapStream stream) throws IOException {
        TapText text = new TapText(screen == null ? Screen.find() : screen);
        JsonNode last = null;
        TapStream.Event event;
        while ((event = stream.next()) != null) {
            JsonNode data = event.data();
            switch (event.name()) {
                case "started" -> tell(started(data));
                case "exchange" -> exchange(data, text);
                case "status" -> {
                    last = data;
                    status(data, text);
                }
                case "end" -> {
                    flushPast(text);
                    return ended(data, last);
                }
                default -> {
                    // Of a newer version.
                }
            }
        }
        return failed("the topology service ended the stream without a word");
    }

    private static String started(JsonNode started) {
        int sidecars = started.path("sidecars").size();
        return "Watching " + sidecars + (sidecars == 1 ? " sidecar" : " sidecars") + " with the token "
                + started.path("token").asText() + ".";
    }

    private void exchange(JsonNode exchange, TapText text) {
        List<JsonNode> waiting = past;
        if (output.equals("json")) {
            print(List.of(exchange.toString()));
        } else if (waiting == null) {
            print(List.of(text.line(exchange)));
        } else {
            waiting.add(exchange);
        }
    }

    private void status(JsonNode status, TapText text) {
        if (status.path("lookedBack").asBoolean()) {
            flushPast(text);
        }
        for (; notes < status.path("notes").size(); notes++) {
            tell(status.path("notes").path(notes).asText());
        }
    }

    private void flushPast(TapText text) {
        List<JsonNode> waiting = past;
        past = null;
        if (waiting != null) {
            waiting.sort(
                    Comparator.comparing(exchange -> exchange.path("timestamp").asText()));
            waiting.forEach(exchange -> print(List.of(text.line(exchange))));
        }
    }

    private int ended(JsonNode end, @Nullable JsonNode status) {
        String reason = end.path("reason").asText();
        if (status != null) {
            long rateDrops = status.path("dropped").path("rate").asLong();
            long slowDrops = status.path("dropped").path("slow").asLong();
            long missed = status.path("missed").asLong();
            tell(status.path("sent").asLong() + " shown of "
                    + status.path("matched").asLong() + " that matched, "
                    + status.path("examined").asLong() + " looked at"
                    + (rateDrops > 0 ? "; " + rateDrops + " were beyond the rate, see --rate" : "")
                    + (slowDrops > 0 ? "; " + slowDrops + " came faster than they could be taken" : "")
                    + (missed > 0 ? "; " + missed + " were forgotten before they could be looked at" : "")
                    + ".");
        }
        if (reason.equals("limit") || reason.equals("looked_back")) {
            return 0;
        }
        return failed(end.path("message").asText());
    }

    private void print(List<String> lines) {
        PrintWriter out = spec.commandLine().getOut();
        lines.forEach(out::println);
        out.flush();
    }

    /** Beside the exchanges, so that these can be piped on. */
    private void tell(String line) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(line);
        err.flush();
    }

    private int failed(String why) {
        tell(why);
        return 1;
    }

    /** For tests, which have a screen and files of their own. */
    void surroundings(Screen other, Path dataDir) {
        screen = other;
        token.dataDir(dataDir);
    }
}
