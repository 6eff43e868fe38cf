package io.tracery.topology.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.tracery.topology.graph.EdgeKey;
import io.tracery.topology.graph.EdgeTotals;
import io.tracery.topology.graph.GraphReader;
import io.tracery.topology.graph.NodeId;
import io.tracery.tracing.metric.ExponentialHistogram;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The metrics of Tempo's service graphs and of the Collector's servicegraph connector, made at each scrape from the
 * graph's counts: {@code traces_service_graph_request_total}, {@code _request_failed_total},
 * {@code _request_server_seconds} and {@code _request_client_seconds}. Callers outside the mesh are the client
 * {@code user}, as Tempo calls them. Edges that differ only in protocol are told apart: in a sum of them, each that leaves
 * would look to Prometheus like a counter that began anew.
 */
public final class ServiceGraphMetrics implements MultiCollector {

    private static final String PREFIX = "traces_service_graph_request";

    private static final List<String> NAMES =
            List.of(PREFIX, PREFIX + "_failed", PREFIX + "_client_seconds", PREFIX + "_server_seconds");

    /** Powers of two of seconds, about 1 ms to 16 s: what the buckets we count in can be added up to exactly. */
    private static final int FIRST_EXPONENT = -10;

    private static final int LAST_EXPONENT = 4;
    private static final int BUCKETS = LAST_EXPONENT - FIRST_EXPONENT + 2;
    private static final int PER_DOUBLING = 1 << ExponentialHistogram.SCALE;

    private final GraphReader reader;

    public ServiceGraphMetrics(GraphReader reader) {
        this.reader = reader;
    }

    /** So that who asks for other metrics does not wait for these. */
    @Override
    public MetricSnapshots collect(Predicate<String> included) {
        return NAMES.stream().anyMatch(included) ? MultiCollector.super.collect(included) : new MetricSnapshots();
    }

    @Override
    public MetricSnapshots collect() {
        List<CounterDataPointSnapshot> requests = new ArrayList<>();
        List<CounterDataPointSnapshot> failed = new ArrayList<>();
        List<HistogramDataPointSnapshot> client = new ArrayList<>();
        List<HistogramDataPointSnapshot> server = new ArrayList<>();
        for (EdgeTotals edge : reader.totals()) {
            Labels labels = labels(edge.edge());
            requests.add(counter(labels, edge.requests()));
            failed.add(counter(labels, edge.failed()));
            client.add(histogram(labels, edge.clientSeconds()));
            server.add(histogram(labels, edge.serverSeconds()));
        }
        return MetricSnapshots.builder()
                .metricSnapshot(
                        new CounterSnapshot(new MetricMetadata(PREFIX, "Requests from one node to another"), requests))
                .metricSnapshot(new CounterSnapshot(
                        new MetricMetadata(PREFIX + "_failed", "Requests whose fate was another than served"), failed))
                .metricSnapshot(new HistogramSnapshot(
                        new MetricMetadata(PREFIX + "_client_seconds", "Latency as the client's proxy measured it"),
                        client))
                .metricSnapshot(new HistogramSnapshot(
                        new MetricMetadata(PREFIX + "_server_seconds", "Latency as the server's proxy measured it"),
                        server))
                .build();
    }

    private static Labels labels(EdgeKey edge) {
        NodeId client = edge.source();
        boolean user = client.equals(NodeId.CLIENTS);
        return Labels.of(
                "client",
                user ? "user" : client.name(),
                "client_service_namespace",
                user ? "" : client.namespace(),
                "connection_type",
                user ? "virtual_node" : "",
                "protocol",
                edge.protocol(),
                "server",
                edge.target().name(),
                "server_service_namespace",
                edge.target().namespace());
    }

    private static CounterDataPointSnapshot counter(Labels labels, long count) {
        return CounterDataPointSnapshot.builder()
                .labels(labels)
                .value((double) count)
                .build();
    }

    private static HistogramDataPointSnapshot histogram(Labels labels, ExponentialHistogram seconds) {
        double[] bounds = new double[BUCKETS];
        long[] counts = new long[BUCKETS];
        for (int i = 0; i < BUCKETS; i++) {
            bounds[i] = i == BUCKETS - 1 ? Double.POSITIVE_INFINITY : Math.scalb(1.0, FIRST_EXPONENT + i);
        }
        counts[0] = seconds.zeroCount();
        for (int i = 0; i < seconds.bucketCount(); i++) {
            // Bucket b holds what is above 2^(b/8) and up to 2^((b+1)/8).
            int exponent = Math.floorDiv(seconds.offset() + i, PER_DOUBLING) + 1;
            counts[Math.clamp(exponent - FIRST_EXPONENT, 0, BUCKETS - 1)] += seconds.countAt(i);
        }
        HistogramDataPointSnapshot.Builder builder = HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, counts));
        builder.sum(seconds.sum());
        builder.labels(labels);
        return builder.build();
    }
}
