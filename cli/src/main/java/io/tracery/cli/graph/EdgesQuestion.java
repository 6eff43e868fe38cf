package io.tracery.cli.graph;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks for the graph, whole or of one namespace; how it is shown is the command's. */
abstract class EdgesQuestion extends ReadCommand {

    @Mixin
    private final Times times = new Times();

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            defaultValue = "",
            description = "Only calls with an end in this namespace.")
    private String namespace = "";

    @Override
    JsonNode ask(Api api) throws Api.Refused {
        Map<String, String> parameters = times.parameters();
        parameters.put("namespace", namespace);
        return api.get("/api/graph", parameters);
    }
}
