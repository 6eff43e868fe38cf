package io.tracery.cli.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tracery.cli.demo.Http;
import java.io.IOException;

/** JSON answers of the read APIs. */
final class Json {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final int TOLD_OF_BODY = 200;

    private Json() {}

    /** @throws IOException when the page is not a 200 with JSON */
    static JsonNode page(Http.Page page) throws IOException {
        if (page.status() != 200) {
            throw new IOException("answered " + page.status() + ": " + start(page.body()));
        }
        try {
            return MAPPER.readTree(page.body());
        } catch (JsonProcessingException e) {
            throw new IOException("answered something that is not JSON: " + start(page.body()), e);
        }
    }

    private static String start(String body) {
        return body.length() <= TOLD_OF_BODY
                ? body.strip()
                : body.substring(0, TOLD_OF_BODY).strip() + " ...";
    }
}
