package io.tracery.controlplane.ca;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** JSON whose reading leaves no room for two opinions: a key stands once, and nothing follows the object. */
final class Json {

    static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    static JsonNode object(byte[] json) throws IOException {
        JsonNode node = MAPPER.readTree(json);
        if (!node.isObject()) {
            throw new IOException("it is not a JSON object");
        }
        return node;
    }
}
