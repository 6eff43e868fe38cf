package io.tracery.search;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tracery.process.AdminServer;
import io.tracery.process.Component;
import io.tracery.process.Components;
import io.tracery.process.Main;
import io.tracery.search.ingest.KafkaClients;
import io.tracery.search.jaeger.JaegerApi;
import io.tracery.search.remote.RemoteStorage;
import io.tracery.search.store.LuceneTraceStore;
import io.tracery.search.store.StoreLimits;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Composition root of trace search: the store, then what fills it, then what answers from it.
 *
 * <p>It starts without Kafka, since what is stored can be searched; {@link #ready()} says whether new spans arrive too.
 */
public final class SearchApp implements Component {

    private final SearchConfig config;
    private final MeterRegistry registry;

    // Made by start, since the store holds a lock on its folder from the moment it is open.
    private @Nullable LuceneTraceStore store;
    private volatile @Nullable Components parts;
    private volatile @Nullable JaegerApi api;

    private SearchApp(SearchConfig config, MeterRegistry registry) {
        this.config = config;
        this.registry = registry;
    }

    public static void main(String[] args) {
        Main.run(args, SearchConfig.class, config -> {
            PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            SearchApp search = build(config, registry);
            InetSocketAddress adminAddress = new InetSocketAddress(config.host(), config.adminPort());
            AdminServer admin = new AdminServer(adminAddress, registry, List.of(search));
            return new Components(search.name(), List.of(admin, search));
        });
    }

    /** Builds trace search; nothing is opened before {@link #start()}. */
    public static SearchApp build(SearchConfig config, MeterRegistry registry) {
        return new SearchApp(config, registry);
    }

    @Override
    public String name() {
        return "trace-search";
    }

    @Override
    public synchronized void start() throws Exception {
        LuceneTraceStore opened = LuceneTraceStore.open(
                config.dataDir(),
                StoreLimits.keeping(Duration.ofHours(config.retentionHours()), config.maxBytes()),
                System::currentTimeMillis);
        store = opened;
        StoreMetrics.register(opened, registry);
        Component ingest = new KafkaClients(config.kafka(), config.groupId())
                .ingest(opened, Duration.ofSeconds(config.commitSeconds()), registry);
        JaegerApi jaeger = new JaegerApi(
                new InetSocketAddress(config.host(), config.port()), opened, SearchApp::nowNanos, registry);
        api = jaeger;
        List<Component> all = new ArrayList<>(List.of(jaeger, ingest));
        Integer remotePort = config.remotePort();
        if (remotePort != null) {
            all.add(new RemoteStorage(new InetSocketAddress(config.host(), remotePort), opened));
        }
        Components started = new Components(name(), all);
        parts = started;
        started.start();
    }

    private static long nowNanos() {
        return ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now());
    }

    /** True while new spans are read and the API serves. */
    @Override
    public boolean ready() {
        Components running = parts;
        return running != null && running.ready();
    }

    /** The port of the query API in use. */
    public int port() {
        JaegerApi serving = api;
        if (serving == null) {
            throw new IllegalStateException("trace search is not started");
        }
        return serving.port();
    }

    @Override
    public synchronized void close() {
        if (parts != null) {
            parts.close();
        }
        if (store != null) {
            store.close();
            store = null;
        }
    }
}
