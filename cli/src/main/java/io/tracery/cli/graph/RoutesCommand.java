package io.tracery.cli.graph;

import com.fasterxml.jackson.databind.JsonNode;
import io.tracery.cli.text.Figures;
import io.tracery.cli.text.Screen;
import io.tracery.cli.text.Table;
import io.tracery.cli.text.Table.Cell;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tracery routes}: what goes by each route, and how it is split over versions. */
@Command(
        name = "routes",
        description = "Shows what goes by each route, and how it is split over versions.",
        mixinStandardHelpOptions = true)
public final class RoutesCommand extends ReadCommand {

    @Mixin
    private final Times times = new Times();

    @Mixin
    private final ServiceChoice choice = new ServiceChoice();

    @Override
    JsonNode ask(Api api) throws Api.Refused {
        Map<String, String> parameters = times.parameters();
        choice.into(parameters, api);
        return api.get("/api/routes", parameters);
    }

    @Override
    List<String> text(JsonNode answer, Screen on) {
        Table table = new Table(
                Table.text("ROUTE"),
                Table.text("TO"),
                Table.figure("RATE"),
                Table.figure("SUCCESS"),
                Table.figure("P50"),
                Table.spareFigure("P90"),
                Table.figure("P99"),
                Table.spareFigure("RETRIES"),
                Table.word("VERSIONS"),
                Table.spareWord("FROM"));
        for (JsonNode route : answer.path("routes")) {
            List<String> versions = new ArrayList<>();
            route.path("versions").forEach(version -> {
                String name = version.path("version").asText();
                versions.add((name.isEmpty() ? "unknown" : name)
                        + (route.path("versions").size() == 1 ? "" : " " + Figures.share(version.path("share"))));
            });
            table.row(
                    Cell.of(route.path("route").asText()),
                    Cell.of(route.path("target").asText()),
                    Tables.rate(route),
                    Tables.success(route),
                    Tables.latency(route, "p50"),
                    Tables.latency(route, "p90"),
                    Tables.latency(route, "p99"),
                    Tables.count(route.path("retries")),
                    Cell.of(String.join(", ", versions)),
                    Cell.of(Tables.joined(route.path("sources"))));
        }
        List<String> lines = new ArrayList<>();
        lines.add(GraphCommand.counted(answer.path("routes").size(), "route") + "; " + Times.of(answer));
        if (!table.isEmpty()) {
            lines.add("");
            lines.addAll(table.lines(on));
        }
        return lines;
    }
}
