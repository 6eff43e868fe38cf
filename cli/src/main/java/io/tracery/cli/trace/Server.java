package io.tracery.cli.trace;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.tracery.cli.demo.Http;
import io.tracery.cli.graph.Api;
import java.io.IOException;
import java.util.Optional;

/** A server of traces, and why it does not answer where it does not. */
final class Server implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;

    private final Http http = new Http();
    private final String what;
    private final String url;
    private final String option;

    /**
     * @param what for a person
     * @param url without a path
     * @param option by which another one is named
     */
    private Server(String what, String url, String option) {
        this.what = what;
        this.url = url.replaceAll("/+$", "");
        this.option = option;
    }

    static Server search(String url) {
        return new Server("trace search", url, "--search");
    }

    static Server pipeline(String url) {
        return new Server("the pipeline", url, "--pipeline");
    }

    String url() {
        return url;
    }

    /**
     * An answer.
     *
     * @param member what it must have: on another server's port other things have the same path
     */
    JsonNode get(String path, String member) throws Api.Refused {
        return find(path, member).orElseThrow(() -> stranger(NOT_FOUND));
    }

    /** An answer; empty where this server has no such thing. */
    Optional<JsonNode> find(String path, String member) throws Api.Refused {
        Http.Page page = page(path);
        JsonNode body = json(page.body());
        if (page.status() == NOT_FOUND && body.has("errors")) {
            return Optional.empty();
        }
        if (page.status() == OK && body.has(member)) {
            return Optional.of(body);
        }
        String said = body.path("error")
                .path("message")
                .asText(body.path("errors").path(0).path("msg").asText(""));
        if (page.status() == OK || page.status() == NOT_FOUND || said.isEmpty()) {
            throw stranger(page.status());
        }
        throw new Api.Refused(url + " refused: " + page.status() + " " + said);
    }

    private Http.Page page(String path) throws Api.Refused {
        try {
            return http.get(url + path);
        } catch (IOException e) {
            throw new Api.Refused(what + " does not answer at " + url + " (" + Http.why(e)
                    + ").\nStart a mesh on this machine: ./tracery demo\nor name another address: " + option);
        }
    }

    private static JsonNode json(String body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    private Api.Refused stranger(int status) {
        return new Api.Refused(url + " answered " + status + ", but not as " + what
                + " does: is it that what listens there? Name another address by " + option);
    }

    @Override
    public void close() {
        http.close();
    }
}
