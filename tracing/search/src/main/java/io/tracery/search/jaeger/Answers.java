package io.tracery.search.jaeger;

import com.fasterxml.jackson.core.JsonGenerator;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.tracery.search.trace.TraceView.Mode;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** What a family of routes has in common: how its answers and its errors look. */
interface Answers {

    /** Something that is written once it is known that there is an answer. */
    interface Answer {
        void write(OutputStream out, boolean pretty) throws IOException;
    }

    /** One route's work: reads its parameters, searches, and then says how to write what was found. */
    interface Query {
        Answer answer(ServiceRequestContext ctx, QueryParams parameters);
    }

    /**
     * A route.
     *
     * @param name what its time is recorded as
     */
    record Endpoint(String path, String name, Query query) {}

    List<Endpoint> endpoints();

    byte[] error(int status, String message, boolean pretty);

    /** One JSON object as an answer. */
    static Answer object(Content content) {
        return (out, pretty) -> {
            try (JsonGenerator json = Json.generator(out, pretty)) {
                json.writeStartObject();
                content.write(json);
                json.writeEndObject();
            }
        };
    }

    /** Writes the fields of an object. */
    interface Content {
        void write(JsonGenerator json) throws IOException;
    }

    static Mode mode(boolean raw) {
        return raw ? Mode.RAW : Mode.ADJUSTED;
    }
}
