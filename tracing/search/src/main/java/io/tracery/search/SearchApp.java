package io.tracery.search;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tracery.process.AdminServer;
import io.tracery.process.Component;
import io.tracery.process.Components;
import io.tracery.process.Main;
import io.tracery.search.ingest.KafkaClients;
import io.tracery.search.jaeger.JaegerApi;
import io.tracery.search.remote.RemoteJaeger;
import io.tracery.search.remote.RemoteStorage;
import io.tracery.search.store.LuceneTraceStore;
import io.tracery.search.store.StoreLimits;
import io.tracery.search.store.TraceSource;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Composition root of trace search: the store, then what fills it, then what answers from it; or, where a stock Jaeger holds the traces, only
 * what answers.
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
        List<Component> all = new ArrayList<>();
        String jaeger = config.traces().jaeger();
        TraceSource source =
                jaeger == null ? ownStore(all) : new RemoteJaeger(jaeger, StoreLimits.MOST_TRACE_SPANS, registry);
        JaegerApi serving = new JaegerApi(
                new InetSocketAddress(config.host(), config.port()), source, SearchApp::nowNanos, registry);
        api = serving;
        all.addFirst(serving);
        Components started = new Components(name(), all);
        parts = started;
        started.start();
    }

    /** Opens the store, and adds what fills it and who else reads from it. */
    private LuceneTraceStore ownStore(List<Component> parts) {
        LuceneTraceStore opened = LuceneTraceStore.open(
                config.dataDir(),
                StoreLimits.keeping(Duration.ofHours(config.retentionHours()), config.maxBytes()),
                System::currentTimeMillis);
        store = opened;
        StoreMetrics.register(opened, registry);
        parts.add(new KafkaClients(requireNonNull(config.kafka()), config.groupId())
                .ingest(opened, Duration.ofSeconds(config.commitSeconds()), registry));
        Integer remotePort = config.remotePort();
        if (remotePort != null) {
            parts.add(new RemoteStorage(new InetSocketAddress(config.host(), remotePort), opened));
        }
        return opened;
    }

    private static long nowNanos() {
        return ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now());
    }

    /** True while the API serves and, with a store of our own, new spans are read. */
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
