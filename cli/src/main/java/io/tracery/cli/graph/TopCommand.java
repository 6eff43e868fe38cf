package io.tracery.cli.graph;

import com.fasterxml.jackson.databind.JsonNode;
import io.tracery.cli.text.Screen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code tracery top}: services as they do now, again and again, those of most interest first. */
@Command(
        name = "top",
        description = "Shows services as they do now, again and again, until Ctrl-C; those of most interest first.",
        mixinStandardHelpOptions = true)
public final class TopCommand extends ReadCommand {

    private static final String SCREEN_OF_ITS_OWN = "\u001b[?1049h\u001b[?25l";
    private static final String GIVE_BACK = "\u001b[?25h\u001b[?1049l";
    private static final String HOME = "\u001b[H";
    private static final String ERASE_TO_END_OF_LINE = "\u001b[K";
    private static final String ERASE_BELOW = "\u001b[J";

    @Option(
            names = "--window",
            paramLabel = "TIME",
            defaultValue = "10s",
            description = "Over how long: 5s to 10m, default 10s.")
    private String window = "";

    @Option(
            names = "--every",
            paramLabel = "TIME",
            defaultValue = "2s",
            description = "How often it looks; default: 2s.")
    private Duration every = Duration.ofSeconds(2);

    @Option(
            names = "--sort",
            paramLabel = "BY",
            defaultValue = "errors",
            description = "errors (failed requests a second, the default), rate, p99 or name.")
    private String sort = "";

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "0",
            description = "End after so many looks; default: never on a terminal, one elsewhere.")
    private int count;

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            defaultValue = "",
            description = "Only services of this namespace.")
    private String namespace = "";

    @Override
    void run(Api api) throws Api.Refused, InterruptedException {
        if (!List.of("errors", "rate", "p99", "name").contains(sort)) {
            throw new ParameterException(spec().commandLine(), "--sort is errors, rate, p99 or name, not " + sort);
        }
        if (count < 0 || every.isZero()) {
            throw new ParameterException(spec().commandLine(), "--count and --every are positive");
        }
        boolean redraw = screen().terminal() && !json();
        long looks = count > 0 ? count : screen().terminal() ? Long.MAX_VALUE : 1;
        Thread giveBack = Thread.ofPlatform().unstarted(() -> {
            System.out.print(GIVE_BACK);
            System.out.flush();
        });
        if (redraw) {
            Runtime.getRuntime().addShutdownHook(giveBack);
            System.out.print(SCREEN_OF_ITS_OWN);
        }
        for (long look = 0; look < looks; look++) {
            if (look > 0) {
                Thread.sleep(every);
            }
            show(api, redraw, look == 0);
        }
    }

    private void show(Api api, boolean redraw, boolean first) throws Api.Refused {
        if (!redraw) {
            JsonNode answer = ask(api);
            print(json() ? List.of(answer.toString()) : text(answer, screen()));
            return;
        }
        Screen now = Screen.find();
        List<String> lines;
        try {
            lines = text(ask(api), now);
        } catch (Api.Refused e) {
            if (first) {
                throw e;
            }
            // It may come back; until then what is seen is not passed off as news.
            lines = e.text().lines().toList();
        }
        StringBuilder frame = new StringBuilder(HOME);
        lines.stream()
                .limit(now.lines() - 1L)
                .forEach(line -> frame.append(line).append(ERASE_TO_END_OF_LINE).append("\r\n"));
        System.out.print(frame.append(ERASE_BELOW));
        System.out.flush();
    }

    @Override
    JsonNode ask(Api api) throws Api.Refused {
        return api.get("/api/services", Map.of("window", window, "namespace", namespace));
    }

    @Override
    List<String> text(JsonNode answer, Screen on) {
        List<JsonNode> services = new ArrayList<>();
        for (JsonNode service : answer.path("services")) {
            if (service.path("requestRate").asDouble(0) > 0
                    || service.path("inFlight").asLong() > 0) {
                services.add(service);
            }
        }
        services.sort(order().thenComparing(service -> service.path("id").asText()));
        List<String> lines = new ArrayList<>();
        lines.add(services.size() + " of "
                + GraphCommand.counted(answer.path("services").size(), "service") + " with traffic; " + Times.of(answer)
                + "; by " + sort);
        lines.add("");
        lines.addAll(Tables.services(services).lines(on));
        return lines;
    }

    private Comparator<JsonNode> order() {
        return switch (sort) {
            case "rate" -> by(service -> service.path("requestRate").asDouble(0));
            case "p99" -> by(service -> service.path("p99").asDouble(0));
            case "name" -> by(service -> 0);
            default ->
                by(TopCommand::failing)
                        .thenComparing(by(service -> service.path("requestRate").asDouble(0)));
        };
    }

    private static double failing(JsonNode service) {
        return service.path("requestRate").asDouble(0)
                * (1 - service.path("successShare").asDouble(1));
    }

    /** The most first. */
    private static Comparator<JsonNode> by(ToDoubleFunction<JsonNode> figure) {
        return Comparator.comparingDouble(figure).reversed();
    }
}
