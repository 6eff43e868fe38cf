package io.tracery.search.jaeger;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Jaeger's envelope around every answer: {@code data, total, limit, offset, errors}, all of them always there. */
final class Envelope {

    private Envelope() {}

    /** Writes the elements of {@code data} and returns how many there were. */
    interface Data {
        int write(JsonGenerator json) throws IOException;
    }

    /** Something that went wrong with a part of the answer. */
    record Problem(
            @Nullable Integer code,
            String message,
            @Nullable String traceId) {}

    static void write(OutputStream out, boolean pretty, Data data, List<Problem> problems) throws IOException {
        try (JsonGenerator json = Json.generator(out, pretty)) {
            json.writeStartObject();
            json.writeArrayFieldStart("data");
            int total = data.write(json);
            json.writeEndArray();
            end(json, total, problems);
        }
    }

    static byte[] error(int status, String message, boolean pretty) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.generator(out, pretty)) {
            json.writeStartObject();
            json.writeNullField("data");
            end(json, 0, List.of(new Problem(status, message, null)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static void end(JsonGenerator json, int total, List<Problem> problems) throws IOException {
        json.writeNumberField("total", total);
        json.writeNumberField("limit", 0);
        json.writeNumberField("offset", 0);
        if (problems.isEmpty()) {
            json.writeNullField("errors");
        } else {
            json.writeArrayFieldStart("errors");
            for (Problem problem : problems) {
                json.writeStartObject();
                if (problem.code != null) {
                    json.writeNumberField("code", problem.code);
                }
                json.writeStringField("msg", problem.message);
                if (problem.traceId != null) {
                    json.writeStringField("traceID", problem.traceId);
                }
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }
}
