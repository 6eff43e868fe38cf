package io.tracery.proxy.telemetry;

import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whom telemetry speaks for, and where it goes.
 *
 * @param kafka bootstrap servers, {@code host:port} separated by commas; null without Kafka, and where there is no {@code otlp} either for metrics on the admin port only
 * @param namespace of the workload
 * @param workload OpenTelemetry's {@code service.name}
 * @param version of the workload, empty when unknown
 * @param nodeId of this proxy, {@code service.instance.id}
 * @param identity own SPIFFE ID, empty without mutual TLS
 * @param accessLog null for none
 * @param spanBytesPerSecond of spans, before compression; 0 for no bound
 * @param recordedHeaders names of the request headers that spans carry, in lower case
 * @param otlp base of an OTLP/HTTP endpoint that telemetry goes to instead of Kafka, {@code http://127.0.0.1:4318}; null for none
 */
public record TelemetryConfig(
        @Nullable String kafka,
        String namespace,
        String workload,
        String version,
        String nodeId,
        String identity,
        @Nullable AccessLogConfig accessLog,
        long spanBytesPerSecond,
        List<String> recordedHeaders,
        @Nullable URI otlp) {

    private static final Pattern SERVER = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^:\\s\\[\\]]+):[0-9]{1,5}");

    /** @throws IllegalArgumentException when a bootstrap server is not {@code host:port}, or an endpoint not {@code http://host:port} */
    public TelemetryConfig {
        recordedHeaders = List.copyOf(recordedHeaders);
        if (otlp != null
                && (!"http".equals(otlp.getScheme())
                        || otlp.getHost() == null
                        || !otlp.getPath().isEmpty())) {
            throw new IllegalArgumentException("telemetry.otlp: \"" + otlp
                    + "\" is not the base of an OTLP/HTTP endpoint; write http://host:port");
        }
        if (kafka != null) {
            for (String server : kafka.split(",", -1)) {
                if (!SERVER.matcher(server.strip()).matches()) {
                    throw new IllegalArgumentException("telemetry.kafka: \"" + server
                            + "\" is not a bootstrap server; write host:port, several separated by commas");
                }
            }
        }
    }

    /** Without an access log, headers, and a bound of bytes. */
    public TelemetryConfig(
            @Nullable String kafka, String namespace, String workload, String version, String nodeId, String identity) {
        this(kafka, namespace, workload, version, nodeId, identity, null, 0, List.of(), null);
    }
}
