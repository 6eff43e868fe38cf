package io.tracery.topology.graph;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a node is, as far as the traffic tells: databases and brokers are what is called without HTTP on the port, or under the name,
 * of a well-known one.
 */
public final class NodeKinds {

    private static final Set<Integer> DATABASE_PORTS =
            Set.of(1433, 1521, 3306, 5432, 5984, 6379, 7687, 8123, 9042, 11211, 26257, 27017);
    private static final Set<Integer> BROKER_PORTS = Set.of(1883, 4222, 5671, 5672, 6650, 8883, 9092, 9093, 61616);
    private static final Pattern DATABASE_NAME = Pattern.compile(
            "(^|[-_.])(postgres|postgresql|pgbouncer|mysql|mariadb|redis|valkey|memcached|mongo|mongodb|cassandra|scylla|clickhouse|cockroachdb|oracle|mssql|neo4j|couchdb)([-_.\\d]|$)");
    private static final Pattern BROKER_NAME =
            Pattern.compile("(^|[-_.])(kafka|rabbitmq|nats|activemq|pulsar|mosquitto|redpanda)([-_.\\d]|$)");

    /** Route of a TCP connection: the name of its listener. */
    private static final Pattern PORT = Pattern.compile("outbound/[^/]+/(\\d{1,5})");

    private NodeKinds() {}

    /**
     * What is known of a node.
     *
     * @param proxied a proxy spoke for it
     * @param versioned a version of it was reached
     * @param tcpRoutes by which TCP connections came to it; empty when none did
     * @param tcpOnly it is called, and only by TCP
     */
    public record Evidence(boolean proxied, boolean versioned, Set<String> tcpRoutes, boolean tcpOnly) {}

    public static NodeId.Kind of(NodeId node, Evidence evidence) {
        NodeId.Kind plain = node.kind();
        if (plain == NodeId.Kind.CLIENT) {
            return plain;
        }
        if (evidence.tcpOnly()) {
            NodeId.Kind store = store(node.name(), evidence.tcpRoutes());
            if (store != null) {
                return store;
            }
        }
        boolean endpoint = evidence.proxied() || evidence.versioned();
        return plain == NodeId.Kind.WORKLOAD && !endpoint ? NodeId.Kind.SERVICE : plain;
    }

    private static NodeId.@Nullable Kind store(String name, Set<String> routes) {
        for (String route : routes) {
            Matcher matcher = PORT.matcher(route);
            if (matcher.matches()) {
                int port = Integer.parseInt(matcher.group(1));
                if (DATABASE_PORTS.contains(port) || BROKER_PORTS.contains(port)) {
                    return DATABASE_PORTS.contains(port) ? NodeId.Kind.DATABASE : NodeId.Kind.BROKER;
                }
            }
        }
        String lower = name.toLowerCase(Locale.ROOT);
        for (Map.Entry<Pattern, NodeId.Kind> known : Map.of(
                        DATABASE_NAME, NodeId.Kind.DATABASE, BROKER_NAME, NodeId.Kind.BROKER)
                .entrySet()) {
            if (known.getKey().matcher(lower).find()) {
                return known.getValue();
            }
        }
        return null;
    }
}
