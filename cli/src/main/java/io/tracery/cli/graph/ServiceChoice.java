package io.tracery.cli.graph;

import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which services a command speaks of: all, those of a namespace, or one. */
final class ServiceChoice {

    @Parameters(
            arity = "0..1",
            paramLabel = "SERVICE",
            defaultValue = "",
            description = "Only this one: shop/cart, or cart where that is one.")
    private String service = "";

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            defaultValue = "",
            description = "Only services of this namespace.")
    private String namespace = "";

    boolean one() {
        return !service.isEmpty();
    }

    /** The id of the {@linkplain #one() one}. */
    String id(Api api) throws Api.Refused {
        return Services.id(api, service);
    }

    /** Adds the parameters that choose; one that is empty chooses nothing. */
    void into(Map<String, String> parameters, Api api) throws Api.Refused {
        parameters.put("service", one() ? id(api) : "");
        parameters.put("namespace", namespace);
    }
}
