package io.tracery.topology.graph;

import io.tracery.topology.SettableClock;
import io.tracery.tracing.metric.ExponentialHistogram;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Feeds a graph by hand. */
public final class Traffic {

    public final SettableClock clock = new SettableClock();
    public final Graph graph;
    public final GraphReader reader;

    private Consumer<Increment> also = increment -> {};

    public Traffic(GraphLimits limits) {
        this(limits, node -> null);
    }

    /** @param cluster what runs behind a node */
    public Traffic(GraphLimits limits, Function<NodeId, @Nullable KubernetesWorkload> cluster) {
        graph = new Graph(limits, clock);
        graph.claim(0);
        reader = new GraphReader(graph, clock, cluster);
    }

    /** Who else is told. */
    public void also(Consumer<Increment> another) {
        also = another;
    }

    public static SeriesLabels sent(String edge) {
        return labels(edge, View.SENDER, "v1", "served");
    }

    public static SeriesLabels received(String edge) {
        return labels(edge, View.RECEIVER, "v1", "served");
    }

    public static SeriesLabels labels(String edge, View view, String version, String fate) {
        EdgeKey key = EdgeKey.parse(edge);
        boolean outside = key.source().equals(NodeId.CLIENTS);
        return new SeriesLabels(
                key,
                view,
                version,
                outside ? "none" : "mtls",
                view == View.SENDER ? key.target().id() + "/0" : "inbound/21000",
                fate,
                outside ? "" : "spiffe://tracery.local/ns/" + key.source().id().replace("/", "/sa/"),
                "spiffe://tracery.local/ns/" + key.target().id().replace("/", "/sa/"));
    }

    /** Exchanges that ended between two times. */
    public void ended(SeriesLabels labels, int count, double seconds, long from, long to) {
        ExponentialHistogram histogram = new ExponentialHistogram();
        for (int i = 0; i < count; i++) {
            histogram.record(seconds);
        }
        ended(labels, histogram, from, to);
    }

    public void ended(SeriesLabels labels, ExponentialHistogram latencies, long from, long to) {
        count(new Increment(labels, Measure.DURATION, "", latencies.count(), latencies, from, to));
    }

    public void counted(SeriesLabels labels, Measure measure, long amount, long from, long to) {
        count(new Increment(labels, measure, "", amount, null, from, to));
    }

    public void count(Increment increment) {
        if (graph.edge(increment.labels().edge()) == null) {
            graph.admit(0, increment.labels());
        }
        graph.heard(increment.toMillis());
        graph.add(0, increment);
        also.accept(increment);
    }
}
