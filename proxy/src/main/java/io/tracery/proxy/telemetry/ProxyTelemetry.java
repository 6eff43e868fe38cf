package io.tracery.proxy.telemetry;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.tracery.process.Component;
import io.tracery.proxy.exchange.ExchangeObserver;
import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.otlp.AttributeSet;
import io.tracery.tracing.otlp.Key;
import io.tracery.tracing.otlp.MetricsEncoder;
import io.tracery.tracing.otlp.Scope;
import io.tracery.tracing.otlp.TracesEncoder;
import io.tracery.tracing.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All that the proxy tells of its exchanges: metrics on the admin port, and, where there is a Kafka, or an OTLP endpoint, spans and metrics
 * there. Traffic never waits for any of it; what cannot be told is counted.
 */
public final class ProxyTelemetry implements Component {

    private static final int MOST_SHOWN = 1_000;
    private static final Duration END_TIMEOUT = Duration.ofSeconds(3);

    private final Limits limits;
    private final Account spanAccount = new Account("spans");
    private final Account metricAccount = new Account("metrics");
    private final Account canaryAccount = new Account("canaries");
    private final @Nullable AccessLog accessLog;
    private final Map<EventLoop, LoopTelemetry> loops = new ConcurrentHashMap<>();
    private final boolean exporting;
    private final Exporter exporter;
    private final RecentSpans recent;
    private final List<String> recordedHeaders;
    private final PrometheusExposition exposition;
    private final PrometheusRegistry registry;
    private @Nullable VitalsBatch vitals;
    private @Nullable EndpointBatch endpoints;
    private @Nullable UndeclaredBatch undeclared;
    private @Nullable Thread thread;

    /** @param registry where the figures appear; its scrapes show them as of at most about a second before */
    public ProxyTelemetry(TelemetryConfig config, PrometheusMeterRegistry registry) {
        this(config, registry, transport(config), Limits.DEFAULT, InstantSource.system());
    }

    private static @Nullable Transport transport(TelemetryConfig config) {
        if (config.otlp() != null) {
            return new OtlpTransport(config.otlp());
        }
        return config.kafka() == null
                ? null
                : new KafkaTransport(config.kafka(), "tracery-proxy-" + config.nodeId(), Limits.DEFAULT);
    }

    /** @param transport null when nothing leaves the process */
    ProxyTelemetry(
            TelemetryConfig config,
            PrometheusMeterRegistry registry,
            @Nullable Transport transport,
            Limits limits,
            InstantSource clock) {
        this.limits = limits;
        this.registry = registry.getPrometheusRegistry();
        this.exporting = transport != null;
        this.recordedHeaders = config.recordedHeaders();
        this.recent = new RecentSpans(limits.rememberedBytes(), limits.rememberedExchanges(), System.nanoTime());
        this.accessLog = config.accessLog() == null ? null : new AccessLog(config.accessLog());
        Account lineAccount = accessLog == null ? new Account(AccessLog.SIGNAL) : accessLog.account();
        LossReporter losses = new LossReporter(
                List.of(spanAccount, metricAccount),
                config.otlp() == null
                        ? "Kafka at " + config.kafka()
                        : config.otlp().toString());
        this.exporter = new Exporter(
                clock,
                spanAccount,
                transport == null ? null : outboxes(config, transport, MetricsView.epochNanos(clock.instant())),
                losses,
                accessLog);
        this.exposition = new PrometheusExposition(
                exporter::view, List.of(spanAccount, metricAccount, canaryAccount, lineAccount));
    }

    /** Who observes the exchanges of an event loop; the same each time. Any thread. */
    public ExchangeObserver observerFor(EventLoop loop) {
        return loops.computeIfAbsent(loop, newLoop -> {
            ExchangeRing ring = exporting || accessLog != null ? new ExchangeRing(limits.waitingExchanges()) : null;
            LoopTelemetry telemetry = new LoopTelemetry(
                    newLoop,
                    ring,
                    exporting ? spanAccount : null,
                    accessLog,
                    exporting ? recordedHeaders : List.of(),
                    limits,
                    exporter::wake);
            exporter.add(telemetry);
            return telemetry;
        });
    }

    /** What is in flight, the oldest first; loops that do not answer in time are left out. Any thread but a loop's. */
    public List<RequestView> requests(Duration patience) {
        List<Future<List<RequestView>>> asked =
                loops.values().stream().map(loop -> loop.requests(MOST_SHOWN)).toList();
        return asked.stream()
                .filter(answer -> answer.awaitUninterruptibly(patience.toMillis()) && answer.isSuccess())
                .flatMap(answer -> answer.getNow().stream())
                .sorted(Comparator.comparingLong(RequestView::ageMillis).reversed())
                .limit(MOST_SHOWN)
                .toList();
    }

    /** Has what a source knows of the proxy told with the metrics. Before the start. */
    public void tell(Supplier<ProxyVitals> source) {
        if (vitals != null) {
            vitals.of(source);
        }
    }

    /** Has what a source knows of endpoints told with the metrics; it is asked every ten seconds, and not waited for. Before the start. */
    public void tellEndpoints(Supplier<CompletableFuture<List<BalancedEndpoint>>> source) {
        if (endpoints != null) {
            endpoints.of(source);
        }
    }

    /** Has what a source knows of ports of undeclared protocol told with the metrics. Before the start. */
    public void tellUndeclared(Supplier<List<UndeclaredPort>> source) {
        if (undeclared != null) {
            undeclared.of(source);
        }
    }

    private VitalsBatch vitals(VitalsBatch made) {
        vitals = made;
        return made;
    }

    private EndpointBatch endpoints(EndpointBatch made) {
        endpoints = made;
        return made;
    }

    private UndeclaredBatch undeclared(UndeclaredBatch made) {
        undeclared = made;
        return made;
    }

    /** Single exchanges, those that ended lately and those that will; none where spans go nowhere. */
    public Tap tap() {
        return new Tap(recent, recordedHeaders);
    }

    @Override
    public String name() {
        return "telemetry";
    }

    @Override
    public synchronized void start() {
        if (thread != null) {
            throw new IllegalStateException("telemetry was started already");
        }
        KafkaLogging.limit();
        registry.register(exposition);
        thread = Thread.ofPlatform().name("telemetry-exporter").daemon().start(exporter);
    }

    /** True while it runs, whether or not there is a Kafka to tell. */
    @Override
    public synchronized boolean ready() {
        return thread != null && thread.isAlive();
    }

    /** Sends what there is, for at most a few seconds; to be closed after the event loops' traffic has ended. */
    @Override
    public synchronized void close() {
        Thread running = thread;
        if (running == null || !running.isAlive()) {
            return;
        }
        exporter.end();
        try {
            running.join(END_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        registry.unregister(exposition);
    }

    Account spanAccount() {
        return spanAccount;
    }

    Account metricAccount() {
        return metricAccount;
    }

    private Exporter.Outboxes outboxes(TelemetryConfig config, Transport transport, long startNanos) {
        AttributeSet resource = resource(config);
        Scope scope = new Scope(Vocabulary.SCOPE, "");
        byte[] node = config.nodeId().getBytes(StandardCharsets.UTF_8);
        byte[] workload = (config.namespace() + "/" + config.workload()).getBytes(StandardCharsets.UTF_8);
        TracesEncoder traces = TracesEncoder.ofBatches(resource, scope, limits.batchBytes());
        return new Exporter.Outboxes(
                transport,
                traces,
                new TopicOutbox(Topic.MESH_SPANS, node, transport, spanAccount, limits.pendingBatches(), traces::back),
                metricAccount,
                new MetricBatches(new MetricsEncoder(resource, scope), limits.batchBytes(), startNanos),
                vitals(new VitalsBatch(
                        new MetricsEncoder(resource, scope), startNanos, List.of(spanAccount, metricAccount))),
                endpoints(new EndpointBatch(new MetricsEncoder(resource, scope), startNanos, System.nanoTime())),
                undeclared(new UndeclaredBatch(new MetricsEncoder(resource, scope), startNanos)),
                new TopicOutbox(Topic.OTLP_METRICS, workload, transport, metricAccount, limits.pendingBatches()),
                new SpanEncoder(traces, recordedHeaders, new SplittableRandom()),
                new SpanBudget(config.spanBytesPerSecond(), System.nanoTime()),
                new Canary(
                        new TracesEncoder(resource, scope),
                        new TopicOutbox(Topic.MESH_SPANS, node, transport, canaryAccount, 1),
                        canaryAccount,
                        new SplittableRandom(),
                        System.nanoTime()),
                recent,
                limits);
    }

    private static AttributeSet resource(TelemetryConfig config) {
        AttributeSet.Builder resource = AttributeSet.builder();
        put(resource, Vocabulary.SERVICE_NAME, config.workload());
        put(resource, Vocabulary.SERVICE_NAMESPACE, config.namespace());
        put(resource, Vocabulary.SERVICE_VERSION, config.version());
        put(resource, Vocabulary.SERVICE_INSTANCE_ID, config.nodeId());
        put(resource, Vocabulary.IDENTITY, config.identity());
        return resource.build();
    }

    private static void put(AttributeSet.Builder resource, String name, String value) {
        if (!value.isEmpty()) {
            resource.put(Key.of(name), value);
        }
    }
}
