package io.tracery.topology.stream;

import io.tracery.topology.graph.EdgeKey;
import io.tracery.topology.graph.Measure;
import io.tracery.topology.graph.NodeId;
import io.tracery.topology.graph.SeriesLabels;
import io.tracery.topology.graph.View;
import io.tracery.tracing.Vocabulary;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** From a data point's attributes to the series that it belongs to. */
final class SeriesKeys {

    private static final int MAX_LENGTH = 2048;
    private static final String INBOUND = "inbound";
    private static final String OUTBOUND = "outbound";

    /** The target of exchanges that found none, not even by name. */
    private static final String UNKNOWN = "unknown";

    private SeriesKeys() {}

    /** Null when the attributes are not as agreed. */
    static @Nullable SeriesKey of(
            Map<String, String> resource, Map<String, String> attributes, Measure measure, long startNanos) {
        String instance = text(resource, Vocabulary.SERVICE_INSTANCE_ID);
        SeriesLabels labels = instance.isEmpty() ? null : labels(resource, attributes);
        if (labels == null) {
            return null;
        }
        String status = text(attributes, Vocabulary.HTTP_STATUS);
        String rpcStatus = text(attributes, Vocabulary.RPC_STATUS);
        SeriesKey key = new SeriesKey(
                labels,
                measure,
                // Templates of paths tell series apart that the graph shows as one, as statuses do.
                (rpcStatus.isEmpty() ? status : status + "/" + rpcStatus) + text(attributes, Vocabulary.HTTP_ROUTE),
                instance,
                startNanos);
        return storable(key) ? key : null;
    }

    private static @Nullable SeriesLabels labels(Map<String, String> resource, Map<String, String> attributes) {
        String direction = text(attributes, Vocabulary.DIRECTION);
        boolean inbound = direction.equals(INBOUND);
        if (!inbound && !direction.equals(OUTBOUND)) {
            return null;
        }
        EdgeKey edge;
        try {
            NodeId self =
                    new NodeId(text(resource, Vocabulary.SERVICE_NAMESPACE), text(resource, Vocabulary.SERVICE_NAME));
            NodeId peer = peer(
                    text(attributes, Vocabulary.PEER_NAMESPACE),
                    text(attributes, Vocabulary.PEER_NAME),
                    inbound ? NodeId.CLIENTS : new NodeId(NodeId.EXTERNAL, UNKNOWN));
            String protocol = text(attributes, Vocabulary.PROTOCOL);
            edge = inbound ? new EdgeKey(peer, self, protocol) : new EdgeKey(self, peer, protocol);
        } catch (IllegalArgumentException e) {
            return null;
        }
        String own = text(resource, Vocabulary.IDENTITY);
        String others = text(attributes, Vocabulary.PEER_IDENTITY);
        return new SeriesLabels(
                edge,
                inbound ? View.RECEIVER : View.SENDER,
                inbound ? text(resource, Vocabulary.SERVICE_VERSION) : text(attributes, Vocabulary.PEER_VERSION),
                text(attributes, Vocabulary.TLS),
                text(attributes, Vocabulary.ROUTE),
                text(attributes, Vocabulary.FATE),
                inbound ? others : own,
                inbound ? own : others);
    }

    private static NodeId peer(String namespace, String name, NodeId unnamed) {
        if (name.isEmpty()) {
            return unnamed;
        }
        return new NodeId(namespace.isEmpty() ? NodeId.EXTERNAL : namespace, name);
    }

    /** True when the key can be read again from its text: no part of it may hold the separator. */
    private static boolean storable(SeriesKey key) {
        int length = 0;
        for (String part : key.parts()) {
            if (part.indexOf(SeriesKey.SEPARATOR) >= 0) {
                return false;
            }
            length += part.length() + 1;
        }
        return length <= MAX_LENGTH;
    }

    private static String text(Map<String, String> attributes, String key) {
        return attributes.getOrDefault(key, "");
    }
}
