package io.tracery.pipeline.forward;

import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where to forward to.
 *
 * @param url base of an OTLP/HTTP endpoint, {@code http://collector:4318}; {@code /v1/traces} and {@code /v1/metrics} are added
 * @param headers sent with each request, such as an API key
 */
public record ForwardSettings(URI url, Map<String, String> headers) {

    public ForwardSettings {
        if (url == null
                || url.getHost() == null
                || !("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
            throw new IllegalArgumentException(
                    "forward.url is " + url + "; set it to an OTLP/HTTP endpoint, http://collector:4318");
        }
        URI to = url;
        headers = headers == null ? Map.of() : headers;
        headers.forEach((name, value) -> validate(to, name, value));
        headers = Map.copyOf(headers);
    }

    /** What HTTP's client will not send must be said now, not by the thread that is to send it. */
    private static void validate(URI url, String name, @Nullable String value) {
        try {
            HttpRequest.newBuilder(url).setHeader(name, value == null ? "\n" : value);
        } catch (IllegalArgumentException e) {
            // Its message has the value, which may be a secret.
            throw new IllegalArgumentException("forward.headers cannot have " + name
                    + ": set it to one line of text, and leave out what HTTP says itself, such as Host");
        }
    }

    URI of(Signal signal) {
        String base = url.toString();
        return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + signal.path());
    }

    /** Headers may be secrets. */
    @Override
    public String toString() {
        return "ForwardSettings[url=" + url + ", headers=" + (headers.isEmpty() ? "{}" : "***") + "]";
    }
}
