package io.tracery.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** The topology API over a real socket, with answers as the real one gives them. */
public final class FakeTopology implements AutoCloseable {

    private final HttpServer server;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile String authorization = "";

    private record Answer(int status, String contentType, String body) {}

    public FakeTopology() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        answers("/api/health", "health-ok.json");
    }

    /** What a path answers, from a file of the tests. */
    public void answers(String path, String file) {
        answers(path, 200, resource(file));
    }

    public void answers(String path, int status, String json) {
        answers.put(path, new Answer(status, "application/json", json));
    }

    public void streams(String path, String events) {
        answers.put(path, new Answer(200, "text/event-stream", events));
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Paths with their queries, without questions after its health. */
    public List<String> asked() {
        return asked.stream().filter(one -> !one.equals("/api/health")).toList();
    }

    public String authorization() {
        return authorization;
    }

    private void answer(HttpExchange exchange) throws IOException {
        asked.add(exchange.getRequestURI().toString());
        authorization = Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("authorization"), "");
        Answer answer = answers.getOrDefault(
                exchange.getRequestURI().getPath(),
                new Answer(404, "application/json", "{\"error\": {\"status\": 404, \"message\": \"no such thing\"}}"));
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("content-type", answer.contentType());
        exchange.sendResponseHeaders(answer.status(), body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /** A file of the tests. */
    public static String resource(String file) {
        try (InputStream in = FakeTopology.class.getResourceAsStream("api/" + file)) {
            return new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(file, e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
