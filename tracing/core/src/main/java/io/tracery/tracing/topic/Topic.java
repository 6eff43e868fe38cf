package io.tracery.tracing.topic;

import java.time.Duration;

/**
 * The Kafka topics of the mesh, as everyone who writes or reads them must know them. Values are OTLP protobuf unless
 * said otherwise, byte for byte what the OpenTelemetry Collector's Kafka components call {@code otlp_proto}; nothing
 * but valid payloads may be written, because a stock consumer blocks its partition on a record it cannot read.
 */
public enum Topic {
    /** Key: proxy instance id. Value: {@code TracesData}, one batch of exchanges per record. */
    MESH_SPANS("mesh_spans", 4, Duration.ofMinutes(30), false),
    /** Key: trace id, 32 lower-case hex digits as ASCII. Value: {@code TracesData} of that trace only. */
    OTLP_SPANS("otlp_spans", 4, Duration.ofHours(24), false),
    /** Key: workload, {@code namespace/name}. Value: {@code MetricsData}, cumulative. */
    OTLP_METRICS("otlp_metrics", 4, Duration.ofHours(6), false),
    /** Key: edge id. Value: JSON, one changed edge. */
    SERVICE_GRAPH("service_graph", 4, Duration.ofDays(7), true);

    /** So long a span waits at most for others to share its batch before it goes to {@link #MESH_SPANS}; whoever puts traces together waits longer. */
    public static final Duration SPANS_WAIT = Duration.ofMillis(2_500);

    private final String topicName;
    private final int partitions;
    private final Duration retention;
    private final boolean compacted;

    Topic(String topicName, int partitions, Duration retention, boolean compacted) {
        this.topicName = topicName;
        this.partitions = partitions;
        this.retention = retention;
        this.compacted = compacted;
    }

    public String topicName() {
        return topicName;
    }

    public int partitions() {
        return partitions;
    }

    public Duration retention() {
        return retention;
    }

    public boolean compacted() {
        return compacted;
    }
}
