package io.tracery.cli.trace;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One end of an exchange.
 *
 * @param startMicros Unix time
 * @param status HTTP's or gRPC's, empty where there was none
 * @param kept why its trace was kept, empty where that is not known
 */
record ExchangeRow(
        String trace,
        String span,
        String service,
        String kind,
        String name,
        String path,
        String peer,
        String fate,
        String status,
        long startMicros,
        double micros,
        String kept) {

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("traceId", trace)
                .put("spanId", span)
                .put("service", service)
                .put("kind", kind)
                .put("name", name)
                .put("path", path)
                .put("peer", peer)
                .put("fate", fate)
                .put("status", status)
                .put("startMicros", startMicros)
                .put("durationMicros", Math.round(micros));
        return kept.isEmpty() ? json : json.put("kept", kept);
    }
}
