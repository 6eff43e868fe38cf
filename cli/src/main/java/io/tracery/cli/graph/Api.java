package io.tracery.cli.graph;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tracery.cli.demo.Http;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The topology API, port 8400. */
public final class Api implements AutoCloseable {

    public static final String STANDARD = "http://127.0.0.1:8400";

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int OK = 200;

    private final String url;
    private final Http http = new Http();

    /** @param url without a path */
    public Api(String url) {
        this.url = url.replaceAll("/+$", "");
    }

    /** Why there is no answer, and what to do about it, for a person. */
    public static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        public Refused(String message) {
            super(message);
        }

        public String text() {
            return String.valueOf(getMessage());
        }
    }

    /**
     * An answer.
     *
     * @param parameters those with an empty value are left out
     * @throws Refused when there is none
     */
    public JsonNode get(String path, Map<String, String> parameters) throws Refused {
        Http.Page page;
        try {
            page = http.get(url + path + query(parameters));
        } catch (IOException e) {
            throw new Refused(unreachable(url, e));
        }
        try {
            JsonNode body = JSON.readTree(page.body());
            if (page.status() == OK) {
                return body;
            }
            throw new Refused(message(url, page.status(), body));
        } catch (JsonProcessingException e) {
            throw new Refused(url + path + " answered " + page.status()
                    + " and no JSON: is it the topology service that listens there?");
        }
    }

    /** What an error's body says. */
    public static String message(String url, int status, JsonNode body) {
        String said = body.path("error").path("message").asText("");
        return said.isEmpty() ? url + " answered " + status + " without saying why" : said;
    }

    /** Nobody is there. */
    public static String unreachable(String url, Exception why) {
        return "the topology service does not answer at " + url + " (" + Http.why(why)
                + ").\nStart a mesh on this machine: ./tracery demo\nor name another address: --url, or TRACERY_URL in the environment";
    }

    public static String query(Map<String, String> parameters) {
        List<String> parts = new ArrayList<>();
        parameters.forEach((name, value) -> {
            if (!value.isEmpty()) {
                parts.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
            }
        });
        return parts.isEmpty() ? "" : "?" + String.join("&", parts);
    }

    @Override
    public void close() {
        http.close();
    }
}
