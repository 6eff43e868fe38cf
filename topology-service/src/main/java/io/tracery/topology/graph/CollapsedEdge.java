package io.tracery.topology.graph;

import io.tracery.tracing.Vocabulary;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Several edges as one: between two namespaces, say. */
final class CollapsedEdge {

    private final EdgeKey key;
    private final Window window;
    private final WindowSum sum;
    private final TreeMap<String, Long> fates = new TreeMap<>();
    private long requests;
    private long received;
    private long retries;
    private long bytesReceived;
    private long bytesSent;
    private long inFlight;
    private long lastSeen;
    private double lost;
    private long tried;
    private boolean stale = true;
    private @Nullable String tls;

    CollapsedEdge(EdgeKey key, Window window) {
        this.key = key;
        this.window = window;
        this.sum = new WindowSum(window.settledBefore());
    }

    void add(EdgeSummary edge, WindowSum whole) {
        sum.add(whole);
        edge.fates().forEach((fate, count) -> fates.merge(fate, count, Long::sum));
        requests += edge.requests();
        received += edge.received();
        retries += edge.retries();
        bytesReceived += edge.bytesReceived();
        bytesSent += edge.bytesSent();
        inFlight += edge.inFlight();
        lastSeen = Math.max(lastSeen, edge.lastSeen());
        stale &= edge.stale();
        if (edge.loss() != null) {
            tried += edge.requests() + edge.retries();
            lost += edge.loss() * (edge.requests() + edge.retries());
        }
        if (edge.tls() != null) {
            tls = tls == null || tls.equals(edge.tls()) ? edge.tls() : "mixed";
        }
    }

    EdgeSummary summary() {
        Latencies latencies = sum.latencies();
        boolean mutual = sum.requests > 0 && sum.mutual == sum.requests;
        return new EdgeSummary(
                key.id(),
                key.source().id(),
                key.target().id(),
                key.protocol(),
                requests,
                received,
                sum.rate(window.rateSeconds()),
                sum.successShare(),
                latencies.p50(),
                latencies.p90(),
                latencies.p99(),
                retries,
                bytesReceived,
                bytesSent,
                Collections.unmodifiableSortedMap(fates),
                mutual ? Vocabulary.TLS_MUTUAL : tls,
                null,
                null,
                List.of(),
                List.of(),
                lastSeen,
                stale,
                key.source().equals(NodeId.CLIENTS) ? "receiver" : "sender",
                inFlight,
                tried == 0 ? null : lost / tried);
    }
}
