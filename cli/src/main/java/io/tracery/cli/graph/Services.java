package io.tracery.cli.graph;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Services by the names that people type. */
final class Services {

    private Services() {}

    /**
     * {@code shop/cart} of {@code cart}.
     *
     * @throws Api.Refused when there is none of that name, or more than one
     */
    static String id(Api api, String typed) throws Api.Refused {
        if (typed.contains("/")) {
            return typed;
        }
        List<String> ids = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (JsonNode service :
                api.get("/api/services", Map.of("window", "10m")).path("services")) {
            String id = service.path("id").asText();
            (service.path("name").asText().equals(typed) ? ids : others).add(id);
        }
        if (ids.size() > 1) {
            throw new Api.Refused(typed + " is several: " + String.join(", ", ids));
        }
        if (ids.isEmpty()) {
            throw new Api.Refused("there is no service " + typed
                    + (others.isEmpty() ? "; none is known yet" : "; there are " + String.join(", ", others)));
        }
        return ids.getFirst();
    }
}
