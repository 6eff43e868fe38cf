package io.tracery.cli.demo;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Plain HTTP to the demo's own ports. */
public final class Http implements AutoCloseable {

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    /**
     * @param contentType empty where there was none
     * @param body as text
     */
    public record Page(int status, String contentType, String body) {}

    /** @throws IOException when nobody answers in time, or the URL is none */
    public Page get(String url, String accept) throws IOException {
        try {
            return send(HttpRequest.newBuilder(URI.create(url)).header("accept", accept));
        } catch (IllegalArgumentException e) {
            throw new IOException("no http:// address: " + e.getMessage(), e);
        }
    }

    /** @throws IOException when nobody answers in time, or the URL is none */
    public Page get(String url) throws IOException {
        return get(url, "*/*");
    }

    /** A POST without a body. */
    public Page post(String url) throws IOException {
        return send(HttpRequest.newBuilder(URI.create(url)).POST(HttpRequest.BodyPublishers.noBody()));
    }

    /** A failure in words: a refused connection brings none of its own. */
    public static String why(Exception failure) {
        if (failure.getMessage() != null) {
            return failure.getMessage();
        }
        return failure instanceof ConnectException
                ? "no connection"
                : failure.getClass().getSimpleName();
    }

    /** True when the address answers 200 now. */
    public boolean ok(String url) {
        try {
            return get(url).status() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    private Page send(HttpRequest.Builder request) throws IOException {
        try {
            HttpResponse<String> response =
                    client.send(request.timeout(DEADLINE).build(), BodyHandlers.ofString());
            return new Page(
                    response.statusCode(),
                    response.headers().firstValue("content-type").orElse(""),
                    response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
