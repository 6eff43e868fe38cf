package io.tracery.proxy.telemetry;

import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.otlp.AttributeSet;
import io.tracery.tracing.otlp.Key;
import io.tracery.tracing.otlp.MetricsEncoder;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the balancers make of endpoints as OTLP, every ten seconds, all in one batch: the list is whole, so that whoever
 * reads it knows who is not on it any more. Confined to the exporter, which never waits for the answer.
 */
final class EndpointBatch {

    /** Endpoints that one proxy tells of. */
    static final int MOST = 64;

    static final long EVERY_NANOS = Duration.ofSeconds(10).toNanos();

    private static final Key PEER_NAMESPACE = Key.of(Vocabulary.PEER_NAMESPACE);
    private static final Key PEER_NAME = Key.of(Vocabulary.PEER_NAME);
    private static final Key PEER_VERSION = Key.of(Vocabulary.PEER_VERSION);
    private static final Key CLUSTER = Key.of(Vocabulary.CLUSTER);
    private static final Key ADDRESS = Key.of(Vocabulary.NETWORK_PEER_ADDRESS);
    private static final Key PORT = Key.of(Vocabulary.NETWORK_PEER_PORT);
    private static final Key EJECTED = Key.of(Vocabulary.EJECTED);

    /** Those that say most come first: left out, then busy, then costly. */
    private static final Comparator<BalancedEndpoint> TELLING = Comparator.comparing(
                    (BalancedEndpoint one) -> one.ejected() == null)
            .thenComparing(Comparator.comparingInt(BalancedEndpoint::inFlight).reversed())
            .thenComparing(
                    Comparator.comparingDouble(BalancedEndpoint::costSeconds).reversed())
            .thenComparing(BalancedEndpoint::cluster)
            .thenComparing(BalancedEndpoint::address);

    private final MetricsEncoder out;
    private final long startNanos;
    private volatile Supplier<CompletableFuture<List<BalancedEndpoint>>> source =
            () -> CompletableFuture.completedFuture(List.of());
    private @Nullable CompletableFuture<List<BalancedEndpoint>> asked;
    private long nextNanos;
    private boolean none = true;

    /**
     * @param startNanos Unix time at which the proxy began
     * @param nowNanos by the clock of {@link #tick}
     */
    EndpointBatch(MetricsEncoder out, long startNanos, long nowNanos) {
        this.out = out;
        this.startNanos = startNanos;
        this.nextNanos = nowNanos + EVERY_NANOS;
    }

    /** Who knows. Any thread. */
    void of(Supplier<CompletableFuture<List<BalancedEndpoint>>> knows) {
        source = knows;
    }

    /**
     * Asks when it is time to, and writes when there is an answer.
     *
     * @throws java.util.concurrent.CompletionException when the answer is a failure; it is asked again when it is time to
     */
    void tick(long nowNanos, long epochNanos, MetricBatches.Sink sink) {
        CompletableFuture<List<BalancedEndpoint>> answer = asked;
        if (answer == null && nowNanos - nextNanos >= 0) {
            nextNanos = nowNanos + EVERY_NANOS;
            answer = source.get();
            asked = answer;
        }
        if (answer != null && answer.isDone()) {
            asked = null;
            write(answer.join(), epochNanos, sink);
        }
    }

    private void write(List<BalancedEndpoint> all, long epochNanos, MetricBatches.Sink sink) {
        // That there is none is said once.
        if (none && all.isEmpty()) {
            return;
        }
        none = all.isEmpty();
        List<BalancedEndpoint> told = all.stream().sorted(TELLING).limit(MOST).toList();
        List<AttributeSet> attributes =
                told.stream().map(EndpointBatch::attributes).toList();
        out.beginGauge(Vocabulary.PROXY_ENDPOINT_COST, "s");
        for (int i = 0; i < told.size(); i++) {
            out.level(attributes.get(i), startNanos, epochNanos, told.get(i).costSeconds());
        }
        out.endMetric();
        out.beginGauge(Vocabulary.PROXY_ENDPOINT_IN_FLIGHT, "{request}");
        for (int i = 0; i < told.size(); i++) {
            out.point(attributes.get(i), startNanos, epochNanos, told.get(i).inFlight());
        }
        out.endMetric();
        out.beginGauge(Vocabulary.PROXY_ENDPOINT_OMITTED, "{endpoint}");
        out.point(AttributeSet.EMPTY, startNanos, epochNanos, all.size() - told.size());
        out.endMetric();
        int points = out.points();
        sink.batch(out.finish(), points);
    }

    private static AttributeSet attributes(BalancedEndpoint one) {
        int slash = one.workload().indexOf('/');
        int colon = one.address().lastIndexOf(':');
        AttributeSet.Builder attributes = AttributeSet.builder()
                .put(PEER_NAMESPACE, one.workload().substring(0, slash))
                .put(PEER_NAME, one.workload().substring(slash + 1))
                .put(PEER_VERSION, one.version())
                .put(CLUSTER, one.cluster())
                .put(ADDRESS, one.address().substring(0, colon))
                .put(PORT, Long.parseLong(one.address().substring(colon + 1)));
        if (one.ejected() != null) {
            attributes.put(EJECTED, one.ejected());
        }
        return attributes.build();
    }
}
