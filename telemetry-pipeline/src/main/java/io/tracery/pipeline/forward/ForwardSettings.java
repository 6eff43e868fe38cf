package io.tracery.pipeline.forward;

import java.net.URI;
import java.util.Map;

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
        headers = headers == null ? Map.of() : Map.copyOf(headers);
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
