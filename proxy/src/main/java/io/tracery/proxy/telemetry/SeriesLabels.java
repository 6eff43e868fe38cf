package io.tracery.proxy.telemetry;

import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.otlp.AttributeSet;
import io.tracery.tracing.otlp.Key;
import java.util.List;

/**
 * What the series of one group have in common: everything but fate and status.
 *
 * @param direction {@code inbound} or {@code outbound}
 * @param protocol {@code http}, {@code grpc} or {@code tcp}
 * @param peerNamespace the other workload's, empty when unknown
 * @param peerName the other workload's, empty when unknown
 * @param peerVersion the other workload's, empty when unknown
 * @param peerIdentity SPIFFE ID, empty without mutual TLS
 * @param tls whether both ends showed certificates, as {@code tracery.tls} says it
 * @param route name of the mesh's route, empty where none matched
 * @param template of the path, as {@code http.route} has it; empty where none is known, or there is no room for one
 */
record SeriesLabels(
        String direction,
        String protocol,
        String peerNamespace,
        String peerName,
        String peerVersion,
        String peerIdentity,
        String tls,
        String route,
        String template) {

    /** Stands for all groups beyond the budget; OpenTelemetry's attribute for just that is its only one. */
    static final SeriesLabels OVERFLOW = new SeriesLabels("", "", "", "", "", "", "", "", "");

    static final String OVERFLOW_ATTRIBUTE = "otel.metric.overflow";

    /** Names of the attributes, in the order of {@link #values}. */
    static final List<String> NAMES = List.of(
            Vocabulary.DIRECTION,
            Vocabulary.PROTOCOL,
            Vocabulary.PEER_NAMESPACE,
            Vocabulary.PEER_NAME,
            Vocabulary.PEER_VERSION,
            Vocabulary.PEER_IDENTITY,
            Vocabulary.TLS,
            Vocabulary.ROUTE,
            Vocabulary.HTTP_ROUTE);

    private static final List<Key> KEYS = NAMES.stream().map(Key::of).toList();
    private static final Key OVERFLOW_KEY = Key.of(OVERFLOW_ATTRIBUTE);

    boolean overflow() {
        return equals(OVERFLOW);
    }

    List<String> values() {
        return List.of(direction, protocol, peerNamespace, peerName, peerVersion, peerIdentity, tls, route, template);
    }

    AttributeSet attributes() {
        AttributeSet.Builder attributes = AttributeSet.builder();
        if (overflow()) {
            return attributes.put(OVERFLOW_KEY, true).build();
        }
        List<String> values = values();
        for (int i = 0; i < values.size(); i++) {
            attributes.put(KEYS.get(i), values.get(i));
        }
        return attributes.build();
    }
}
