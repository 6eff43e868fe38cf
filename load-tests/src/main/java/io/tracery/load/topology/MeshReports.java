package io.tracery.load.topology;

import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.metric.ExponentialHistogram;
import io.tracery.tracing.otlp.AttributeSet;
import io.tracery.tracing.otlp.Key;
import io.tracery.tracing.otlp.MetricsEncoder;
import io.tracery.tracing.otlp.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The reports of a mesh that there is not: each workload has one proxy, calls a fixed number of others, and counts what a real proxy would
 * count of it at both ends. Once a second each proxy reports the series that changed. Confined to one thread.
 */
final class MeshReports {

    private static final int PER_NAMESPACE = 50;
    private static final long SEED = 20_261_128;

    /** Takes one record of the topic. */
    interface Sink {
        void report(String key, byte[] value, int points);
    }

    /** What one end counts of one edge. */
    private static final class Counted {
        final AttributeSet labels;
        final AttributeSet received;
        final AttributeSet sent;
        final AttributeSet served;
        final ExponentialHistogram durations = new ExponentialHistogram();
        long exchanges;
        boolean changed;

        Counted(AttributeSet labels) {
            this.labels = labels;
            this.received = labels.and(text(Vocabulary.NETWORK_IO_DIRECTION, Vocabulary.IO_RECEIVE));
            this.sent = labels.and(text(Vocabulary.NETWORK_IO_DIRECTION, Vocabulary.IO_TRANSMIT));
            this.served = labels.and(text(Vocabulary.FATE, "served"));
        }

        void count(double seconds) {
            durations.record(seconds);
            exchanges++;
            changed = true;
        }
    }

    private static final class Proxy {
        final String key;
        final MetricsEncoder encoder;
        final List<Counted> edges = new ArrayList<>();

        Proxy(String key, MetricsEncoder encoder) {
            this.key = key;
            this.encoder = encoder;
        }
    }

    private record Edge(Counted sender, Counted receiver) {}

    private final List<Proxy> proxies = new ArrayList<>();
    private final List<Edge> edges = new ArrayList<>();
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final long startNanos;
    private int next;

    MeshReports(int workloads, int edgeCount, long startNanos) {
        this.startNanos = startNanos;
        for (int i = 0; i < workloads; i++) {
            proxies.add(proxy(i));
        }
        for (int i = 0; i < edgeCount; i++) {
            int source = i % workloads;
            // Mostly neighbours, and so mostly within a namespace, as in real meshes.
            int target = (source + 1 + i / workloads * 7) % workloads;
            Counted sender = new Counted(labels("outbound", target, true));
            Counted receiver = new Counted(labels("inbound", source, false));
            proxies.get(source).edges.add(sender);
            proxies.get(target).edges.add(receiver);
            edges.add(new Edge(sender, receiver));
        }
    }

    static String namespace(int workload) {
        return "ns" + workload / PER_NAMESPACE;
    }

    private static String identity(int workload) {
        return "spiffe://cluster.local/ns/" + namespace(workload) + "/sa/w" + workload;
    }

    private static Proxy proxy(int workload) {
        AttributeSet resource = AttributeSet.builder()
                .put(Key.of(Vocabulary.SERVICE_NAME), "w" + workload)
                .put(Key.of(Vocabulary.SERVICE_NAMESPACE), namespace(workload))
                .put(Key.of(Vocabulary.SERVICE_VERSION), "v1")
                .put(Key.of(Vocabulary.SERVICE_INSTANCE_ID), "sidecar~" + namespace(workload) + "/w" + workload + "-1")
                .put(Key.of(Vocabulary.IDENTITY), identity(workload))
                .build();
        return new Proxy(
                namespace(workload) + "/w" + workload, new MetricsEncoder(resource, new Scope(Vocabulary.SCOPE, "")));
    }

    private static AttributeSet labels(String direction, int peer, boolean versioned) {
        return AttributeSet.builder()
                .put(Key.of(Vocabulary.DIRECTION), direction)
                .put(Key.of(Vocabulary.PROTOCOL), Vocabulary.PROTOCOL_HTTP)
                .put(Key.of(Vocabulary.PEER_NAMESPACE), namespace(peer))
                .put(Key.of(Vocabulary.PEER_NAME), "w" + peer)
                .put(Key.of(Vocabulary.PEER_VERSION), versioned ? "v1" : "")
                .put(Key.of(Vocabulary.PEER_IDENTITY), identity(peer))
                .put(Key.of(Vocabulary.TLS), Vocabulary.TLS_MUTUAL)
                .put(Key.of(Vocabulary.ROUTE), versioned ? namespace(peer) + "/w" + peer + "/0" : "inbound/8080")
                .build();
    }

    private static AttributeSet text(String key, String value) {
        return AttributeSet.builder().put(Key.of(key), value).build();
    }

    /** Lets so many exchanges happen, one edge after the other. */
    void exchanges(long count) {
        for (long i = 0; i < count; i++) {
            Edge edge = edges.get(next);
            next = (next + 1) % edges.size();
            double seconds = 0.002 * Math.exp(random.nextDouble(2.5));
            edge.sender.count(seconds);
            edge.receiver.count(seconds * 0.8);
        }
    }

    /**
     * What one proxy has to say, if anything.
     *
     * @param all whether what did not change is said, too
     */
    void report(int workload, long nowNanos, boolean all, Sink sink) {
        Proxy proxy = proxies.get(workload);
        List<Counted> changed = proxy.edges.stream()
                .filter(edge -> edge.changed || (all && edge.exchanges > 0))
                .toList();
        if (changed.isEmpty()) {
            return;
        }
        MetricsEncoder out = proxy.encoder;
        out.beginSum(Vocabulary.EXCHANGE_STARTED, "{exchange}");
        changed.forEach(edge -> out.point(edge.labels, startNanos, nowNanos, edge.exchanges));
        out.endMetric();
        out.beginSum(Vocabulary.EXCHANGE_IO, "By");
        for (Counted edge : changed) {
            out.point(edge.received, startNanos, nowNanos, edge.exchanges * 200);
            out.point(edge.sent, startNanos, nowNanos, edge.exchanges * 2_000);
        }
        out.endMetric();
        out.beginHistogram(Vocabulary.EXCHANGE_DURATION, "s");
        for (Counted edge : changed) {
            out.point(edge.served, startNanos, nowNanos, edge.durations);
            edge.changed = false;
        }
        out.endMetric();
        int points = out.points();
        sink.report(proxy.key, out.finish(), points);
    }

    int workloads() {
        return proxies.size();
    }
}
