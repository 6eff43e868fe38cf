package io.tracery.search;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the traces are.
 *
 * @param backend {@code tracery}, which is the default: in this process's own store, filled from Kafka; {@code jaeger}: in a stock Jaeger,
 *     which fills itself
 * @param jaeger {@code host:port} of that Jaeger's gRPC query API, in plain text; there with {@code backend: jaeger} alone
 */
public record TracesConfig(String backend, @Nullable String jaeger) {

    /** In our own store. */
    public static final TracesConfig OWN = new TracesConfig("tracery", null);

    private static final Pattern ADDRESS = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^:/\\s\\[\\]]+):[0-9]{1,5}");

    public TracesConfig {
        backend = backend == null ? "tracery" : backend;
        switch (backend) {
            case "tracery" -> {
                if (jaeger != null) {
                    throw new IllegalArgumentException(
                            "traces.jaeger stands without traces.backend: jaeger; add that, or leave traces.jaeger out");
                }
            }
            case "jaeger" -> {
                if (jaeger == null || !ADDRESS.matcher(jaeger).matches()) {
                    throw new IllegalArgumentException("traces.jaeger is " + (jaeger == null ? "missing" : jaeger)
                            + "; set it to Jaeger's gRPC query API, host:port");
                }
            }
            default ->
                throw new IllegalArgumentException("traces.backend is " + backend + "; set it to tracery or jaeger");
        }
    }

    /** A stock Jaeger at {@code host:port}. */
    public static TracesConfig jaeger(String address) {
        return new TracesConfig("jaeger", address);
    }
}
