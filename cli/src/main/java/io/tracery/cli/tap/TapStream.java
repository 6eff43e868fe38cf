package io.tracery.cli.tap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tracery.cli.graph.Api;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Server-sent events of {@code /api/tap}, one after another. */
final class TapStream implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int OK = 200;

    private final HttpClient client;
    private final BufferedReader reader;

    private TapStream(HttpClient client, BufferedReader reader) {
        this.client = client;
        this.reader = reader;
    }

    /** An event's name and what it says. */
    record Event(String name, JsonNode data) {}

    /**
     * @throws Api.Refused when the API says no
     * @throws IOException when nobody answers
     */
    static TapStream open(String url, Map<String, String> parameters, String token)
            throws Api.Refused, IOException, InterruptedException {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(2))
                .build();
        HttpResponse<InputStream> answer;
        try {
            answer = client.send(
                    HttpRequest.newBuilder(URI.create(url.replaceAll("/+$", "") + "/api/tap" + Api.query(parameters)))
                            .header("authorization", "Bearer " + token)
                            .header("accept", "text/event-stream")
                            .build(),
                    BodyHandlers.ofInputStream());
        } catch (IllegalArgumentException e) {
            client.shutdownNow();
            throw new Api.Refused(Api.unreachable(url, e));
        } catch (IOException e) {
            client.shutdownNow();
            throw e;
        }
        if (answer.statusCode() != OK) {
            try (InputStream body = answer.body()) {
                JsonNode said = JSON.readTree(body.readAllBytes());
                throw new Api.Refused(Api.message(url, answer.statusCode(), said == null ? JSON.nullNode() : said));
            } finally {
                client.shutdownNow();
            }
        }
        return new TapStream(client, new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8)));
    }

    /** The next one; null at the end. */
    @Nullable
    Event next() throws IOException {
        String name = "";
        String data = "";
        String line;
        while ((line = reader.readLine()) != null) {
            if (line.startsWith("event: ")) {
                name = line.substring("event: ".length());
            } else if (line.startsWith("data: ")) {
                data = line.substring("data: ".length());
            } else if (line.isEmpty() && !name.isEmpty()) {
                return new Event(name, JSON.readTree(data));
            }
        }
        return null;
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
