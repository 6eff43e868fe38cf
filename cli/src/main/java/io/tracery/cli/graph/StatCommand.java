package io.tracery.cli.graph;

import com.fasterxml.jackson.databind.JsonNode;
import io.tracery.cli.text.Screen;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tracery stat}: how services do; of one, in detail. */
@Command(
        name = "stat",
        description = "Shows how services do; of one named, by route, version, caller and callee too.",
        mixinStandardHelpOptions = true)
public final class StatCommand extends ReadCommand {

    @Mixin
    private final Times times = new Times();

    @Mixin
    private final ServiceChoice choice = new ServiceChoice();

    @Override
    JsonNode ask(Api api) throws Api.Refused {
        Map<String, String> parameters = times.parameters();
        if (choice.one()) {
            return api.get("/api/services/" + choice.id(api), parameters);
        }
        choice.into(parameters, api);
        return api.get("/api/services", parameters);
    }

    @Override
    List<String> text(JsonNode answer, Screen on) {
        if (answer.has("service")) {
            return ServiceText.of(answer, on);
        }
        List<String> lines = new ArrayList<>();
        lines.add(GraphCommand.counted(answer.path("services").size(), "service") + "; " + Times.of(answer));
        if (!answer.path("services").isEmpty()) {
            lines.add("");
            lines.addAll(Tables.services(answer.path("services")).lines(on));
        }
        lines.addAll(UndeclaredText.of(answer.path("undeclared"), on));
        return lines;
    }
}
