package io.tracery.pipeline.forward;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPOutputStream;

/** One path of an OTLP/HTTP endpoint: protobuf, gzip. Confined to one thread. */
final class Endpoint implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(3);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    private static final int OK_CLASS = 2;

    /** More is no export response. */
    private static final long MOST_BYTES = 1024 * 1024;

    /** After which OTLP says to send the same again. */
    private static final Set<Integer> AGAIN = Set.of(429, 502, 503, 504);

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(CONNECT_PATIENCE).build();
    private final URI url;
    private final Map<String, String> headers;
    private final Duration patience;

    /** What became of a request. */
    sealed interface Answer {}

    /** With an export response. */
    static final class Taken implements Answer {
        private final byte[] body;

        private Taken(byte[] body) {
            this.body = body;
        }

        byte[] body() {
            return body;
        }
    }

    /** @param pause how long the endpoint asks to wait; zero where it does not say */
    record Later(String why, Duration pause) implements Answer {}

    /** Sending it again would change nothing. */
    record Refused(String why) implements Answer {}

    Endpoint(URI url, Map<String, String> headers) {
        this(url, headers, PATIENCE);
    }

    /** @param patience until all of an answer is there */
    Endpoint(URI url, Map<String, String> headers, Duration patience) {
        this.url = url;
        this.headers = headers;
        this.patience = patience;
    }

    Answer send(byte[] protobuf) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(url)
                .header("Content-Type", "application/x-protobuf")
                .header("Content-Encoding", "gzip")
                .POST(HttpRequest.BodyPublishers.ofByteArray(zipped(protobuf)));
        headers.forEach(request::setHeader);
        CompletableFuture<HttpResponse<byte[]>> response = client.sendAsync(
                request.build(),
                HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), MOST_BYTES));
        try {
            // A request's own timeout would be over with the head of the answer, however long its body takes.
            return answer(response.get(patience.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            return new Later(url + " did not answer within " + patience.toSeconds() + " s", Duration.ZERO);
        } catch (ExecutionException e) {
            return new Later(url + " cannot be reached: " + e.getCause(), Duration.ZERO);
        } finally {
            response.cancel(true);
        }
    }

    private Answer answer(HttpResponse<byte[]> response) {
        int status = response.statusCode();
        if (status / 100 == OK_CLASS) {
            return new Taken(response.body());
        }
        String why = url + " answered " + status;
        return AGAIN.contains(status)
                ? new Later(
                        why,
                        retryAfter(response.headers().firstValue("Retry-After").orElse("")))
                : new Refused(why);
    }

    /** Seconds; a date would need two clocks to agree. */
    private static Duration retryAfter(String header) {
        if (!header.matches("\\d{1,6}")) {
            return Duration.ZERO;
        }
        Duration asked = Duration.ofSeconds(Long.parseLong(header));
        return asked.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : asked;
    }

    private static byte[] zipped(byte[] plain) {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream(plain.length / 4 + 64);
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write(plain);
        } catch (IOException e) {
            throw new IllegalStateException("memory cannot be written to", e);
        }
        return zipped.toByteArray();
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
