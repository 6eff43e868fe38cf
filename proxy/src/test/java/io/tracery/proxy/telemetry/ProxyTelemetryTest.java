package io.tracery.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.ExchangeObserver;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.topic.Topic;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Features of the proxy's telemetry, with a Kafka that does as it is told. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ProxyTelemetryTest {

    private static final TelemetryConfig CONFIG = new TelemetryConfig(
            "kafka:9092", "shop", "front", "v3", "sidecar~shop/front-1", "spiffe://td/ns/shop/sa/front");
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final FakeTransport kafka = new FakeTransport();
    private final EventLoop loop = new DefaultEventLoop();
    private ProxyTelemetry telemetry = telemetry(Limits.DEFAULT);

    @AfterEach
    void end() {
        telemetry.close();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void everyExchangeIsASpanAndACount() {
        telemetry.start();
        run(1_000);

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(kafka.spans()).hasSize(1_000);
            assertThat(lastDuration().getCount()).isEqualTo(1_000);
        });
        assertBalanced(telemetry);
        assertThat(telemetry.spanAccount().exported()).isEqualTo(1_000);
        assertThat(kafka.keys(Topic.MESH_SPANS)).containsExactly("sidecar~shop/front-1");
        assertThat(kafka.keys(Topic.OTLP_METRICS)).containsExactly("shop/front");
    }

    @Test
    void metricsAreWhatTheContractSays() {
        telemetry.start();
        run(3);
        await().atMost(PATIENCE)
                .until(() -> kafka.metrics("tracery.exchange.duration").count() > 0);

        Metric duration = last(kafka.metrics("tracery.exchange.duration"));
        assertThat(duration.getUnit()).isEqualTo("s");
        ExponentialHistogramDataPoint point = duration.getExponentialHistogram().getDataPoints(0);
        assertThat(point.getCount()).isEqualTo(3);
        assertThat(point.getSum()).isBetween(0.0059, 0.0061);
        assertThat(SpanEncoderTest.attributes(point.getAttributesList()))
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("tracery.direction", "outbound"),
                        Map.entry("tracery.protocol", "http"),
                        Map.entry("service.peer.namespace", "shop"),
                        Map.entry("service.peer.name", "cart"),
                        Map.entry("tracery.peer.version", "v1"),
                        Map.entry("tracery.peer.identity", Exchanges.CART_IDENTITY),
                        Map.entry("tracery.tls", "mtls"),
                        Map.entry("tracery.route", "shop/cart/0"),
                        Map.entry("http.route", "/items/{id}"),
                        Map.entry("tracery.fate", "served"),
                        Map.entry("http.response.status_code", 200L)));
        assertThat(value("tracery.exchange.started", 0)).isEqualTo(3);
        assertThat(value("tracery.exchange.retries", 0)).isZero();
        assertThat(value("tracery.exchange.io", 0)).as("receive").isEqualTo(15);
        assertThat(value("tracery.exchange.io", 1)).as("transmit").isEqualTo(21);
        assertThat(last(kafka.metrics("tracery.exchange.io")).getSum().getIsMonotonic())
                .isTrue();
    }

    @Test
    void onlySeriesThatChangedAreSent() {
        telemetry.start();
        run(1);
        await().atMost(PATIENCE)
                .until(() -> kafka.metrics("tracery.exchange.duration").count() == 1);
        observe(Exchanges.served("shop/cart/1", 5));
        await().atMost(PATIENCE)
                .until(() -> kafka.metrics("tracery.exchange.duration").count() == 2);

        Metric duration = last(kafka.metrics("tracery.exchange.duration"));
        assertThat(duration.getExponentialHistogram().getDataPointsList()).hasSize(1);
        assertThat(last(kafka.metrics("tracery.exchange.retries")).getSum().getDataPointsList())
                .as("a new series shows even its zeros")
                .hasSize(1);
    }

    @Test
    void thePageShowsNoExemplarsButThoseWhoseTracesThePipelineIsToldToKeep() {
        telemetry.start();
        for (long trace = 1; trace <= 3; trace++) {
            long count = trace;
            observe(traced(trace));
            await().atMost(PATIENCE)
                    .until(() -> kafka.metrics("tracery.exchange.duration").count() >= count);
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(exemplarsOnThePage()).isNotEmpty());
        assertThat(exemplarsSent()).containsAll(exemplarsOnThePage());
    }

    /** Over the budget nearly all of the slowest exchanges are left out: each would be an exemplar that leads nowhere. */
    @Test
    void noExemplarNamesATraceThatTheBudgetLeftOut() {
        telemetry.close();
        telemetry = new ProxyTelemetry(
                new TelemetryConfig("kafka:9092", "shop", "front", "", "n", "", null, 100_000, List.of(), null),
                registry,
                kafka,
                Limits.DEFAULT,
                InstantSource.system());
        telemetry.start();
        SplittableRandom random = new SplittableRandom(5);
        AtomicInteger rounds = new AtomicInteger();
        await().atMost(PATIENCE).until(() -> {
            String route = "route-" + rounds.incrementAndGet();
            for (int i = 0; i < 50; i++) {
                observe(traced(route, i, TraceContext.root(random)));
            }
            return telemetry.spanAccount().dropped(DropReason.OVER_BUDGET) > 500
                    && exemplarsSent().size() > 5;
        });
        telemetry.close();
        assertThat(tracesSent()).containsAll(exemplarsSent());
    }

    @Test
    void noExemplarNamesATraceThatTheRingCouldNotHold() {
        telemetry = telemetry(new Limits(8, 10, 10, 1024, 2, 1024, 1024, 4));
        for (int trace = 1; trace <= 20; trace++) {
            observe(traced(trace));
        }
        telemetry.start();
        await().atMost(PATIENCE).until(() -> telemetry.spanAccount().queued() == 0);
        observe(traced(21));
        await().atMost(PATIENCE).until(() -> !exemplarsSent().isEmpty());
        telemetry.close();
        assertThat(tracesSent()).containsAll(exemplarsSent());
    }

    /** A slowest exchange of long ago says nothing of now, and its spans may be gone. */
    @Test
    void anExchangeIsAnExemplarSoonOrNever() {
        LoopTelemetry loopTelemetry =
                new LoopTelemetry(loop, new ExchangeRing(8), null, null, List.of(), Limits.DEFAULT, () -> {});
        MetricStore store = new MetricStore();
        observe(loopTelemetry, loop, traced(1));
        take(loopTelemetry, store);
        store.forgetCandidates();
        observe(loopTelemetry, loop, Exchanges.served("shop/cart/0", 1));
        take(loopTelemetry, store);
        for (MetricStore.Group group : store.unsent()) {
            for (Totals.Outcome outcome : group.total().outcomes()) {
                Totals.Slowest next = group.nextExemplar(outcome.id(), 0, trace -> true);
                assertThat(next == null ? "none" : next.trace().traceIdHex())
                        .isIn("none", Exchanges.TRACE.traceIdHex());
            }
        }
    }

    private static void take(LoopTelemetry from, MetricStore store) {
        from.requestReport();
        await().until(() -> {
            LoopTelemetry.Report report = from.takeReport();
            if (report != null) {
                store.update(from, report.changed());
            }
            return report != null;
        });
    }

    private List<String> tracesSent() {
        return kafka.spans().stream()
                .map(span -> HexFormat.of().formatHex(span.getTraceId().toByteArray()))
                .toList();
    }

    private List<String> exemplarsOnThePage() {
        return Pattern.compile("trace_id=\"(\\w+)\"")
                .matcher(registry.scrape("application/openmetrics-text"))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private List<String> exemplarsSent() {
        return kafka.metrics("tracery.exchange.duration")
                .flatMap(metric -> metric.getExponentialHistogram().getDataPointsList().stream())
                .flatMap(point -> point.getExemplarsList().stream())
                .map(exemplar -> HexFormat.of().formatHex(exemplar.getTraceId().toByteArray()))
                .toList();
    }

    private static Exchange traced(long traceId) {
        return traced("shop/cart/0", traceId, new TraceContext(0, traceId, traceId, (byte) 3, ""));
    }

    /** @param slowness how much longer than others it takes */
    private static Exchange traced(String route, long slowness, TraceContext trace) {
        Exchange exchange = Exchanges.served(route, 2_000 + slowness);
        exchange.trace(trace, 0);
        return exchange;
    }

    @Test
    void undeclaredPortsAreToldOfUntilTheyAreDeclared() {
        AtomicReference<List<UndeclaredPort>> ports = new AtomicReference<>(List.of());
        telemetry.tellUndeclared(ports::get);
        telemetry.start();
        run(1);
        await().atMost(PATIENCE)
                .until(() -> kafka.metrics("tracery.proxy.dropped").count() > 0);
        assertThat(kafka.metrics("tracery.proxy.detection.connections")).isEmpty();

        ports.set(List.of(new UndeclaredPort("outbound/kv.shop/6379", Map.of("server_first", 3L), 200)));
        await().atMost(PATIENCE)
                .until(() ->
                        kafka.metrics("tracery.proxy.detection.connections").count() > 0);
        assertThat(value("tracery.proxy.detection.connections", 0)).isEqualTo(3);
        ports.set(List.of());
        await().atMost(PATIENCE)
                .until(() -> last(kafka.metrics("tracery.proxy.detection.connections"))
                                .getSum()
                                .getDataPointsCount()
                        == 0);
    }

    @Test
    void whatTheRingCannotHoldIsDroppedAndCounted() {
        telemetry = telemetry(new Limits(8, 10, 10, 1024, 2, 1024, 1024, 4));
        run(100);

        assertThat(telemetry.spanAccount().dropped(DropReason.QUEUE_FULL)).isEqualTo(92);
        assertThat(telemetry.spanAccount().queued()).isEqualTo(8);
        assertBalanced(telemetry);
        telemetry.start();
        await().atMost(PATIENCE).until(() -> telemetry.spanAccount().exported() == 8);
        assertThat(telemetry.spanAccount().queued()).isZero();
        assertBalanced(telemetry);
    }

    @Test
    void withKafkaAwayMemoryIsBoundedAndEverythingElseIsCounted() {
        telemetry = telemetry(new Limits(64, 10, 10, 4096, 3, 1024, 1024, 4));
        kafka.mood(FakeTransport.Mood.NOT_NOW);
        telemetry.start();
        for (int i = 0; i < 200; i++) {
            run(50);
        }
        await().atMost(PATIENCE).until(() -> telemetry.spanAccount().dropped(DropReason.UNREACHABLE) > 0);
        assertThat(telemetry.spanAccount().queued())
                .as("three batches, one growing, the ring")
                .isLessThan(200);
        assertBalanced(telemetry);

        kafka.mood(FakeTransport.Mood.DELIVER);
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(telemetry.spanAccount().queued()).isZero();
            assertThat(lastDuration().getCount())
                    .as("counts are late, never lost")
                    .isEqualTo(10_000);
        });
        assertThat(telemetry.metricAccount().dropped()).isZero();
        assertBalanced(telemetry);
    }

    @Test
    void countsThatWereLostOnTheWayAreSentAgain() {
        kafka.mood(FakeTransport.Mood.LOSE);
        telemetry.start();
        run(5);
        await().atMost(PATIENCE)
                .until(() -> telemetry.metricAccount().dropped(DropReason.BUFFER_FULL) > 0
                        && telemetry.spanAccount().dropped(DropReason.BUFFER_FULL) == 5);
        kafka.mood(FakeTransport.Mood.DELIVER);

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(lastDuration().getCount()).isEqualTo(5));
        assertBalanced(telemetry);
    }

    @Test
    void atTheEndTheLastFiguresAreSentAndTheRestIsCounted() {
        telemetry.start();
        run(7);
        telemetry.close();

        assertThat(kafka.closed()).isTrue();
        assertThat(kafka.spans()).hasSize(7);
        assertThat(lastDuration().getCount()).isEqualTo(7);
        assertThat(telemetry.ready()).isFalse();
        telemetry.close();
    }

    @Test
    void whatKafkaNeverTookIsDroppedAtTheEnd() {
        kafka.mood(FakeTransport.Mood.NOT_NOW);
        telemetry.start();
        run(7);
        telemetry.close();

        assertThat(telemetry.spanAccount().dropped(DropReason.CLOSED)).isEqualTo(7);
        assertThat(telemetry.spanAccount().queued()).isZero();
        assertBalanced(telemetry);
    }

    @Test
    void whatKafkaTookAndNeverAcknowledgedIsDroppedAtTheEnd() {
        kafka.mood(FakeTransport.Mood.HOLD);
        telemetry.start();
        run(7);
        await().atMost(PATIENCE).until(() -> telemetry.metricAccount().queued() > 0);
        assertThat(telemetry.spanAccount().exported()).isZero();
        telemetry.close();

        assertThat(telemetry.spanAccount().dropped(DropReason.TIMED_OUT)).isEqualTo(7);
        assertBalanced(telemetry);
    }

    @Test
    void anExchangeThatCannotBeWrittenCostsNoOther() {
        telemetry.start();
        Exchange broken = Exchanges.served();
        // Only a defect of the data path could leave the method out.
        broken.request(Protocol.HTTP1, nullText(), "/", "a", "http");
        observe(broken);
        run(3);

        await().atMost(PATIENCE).until(() -> kafka.spans().size() == 3);
        assertThat(telemetry.spanAccount().dropped(DropReason.ENCODING_FAILED)).isEqualTo(1);
        assertBalanced(telemetry);
    }

    @Test
    void severalEventLoopsAddUpToOneSeries() {
        EventLoop second = new DefaultEventLoop();
        try {
            telemetry.start();
            run(10);
            observe(telemetry.observerFor(second), second, Exchanges.served());

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(lastDuration().getCount()).isEqualTo(11));
            assertThat(telemetry.observerFor(second)).isSameAs(telemetry.observerFor(second));
        } finally {
            second.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    void withoutKafkaOnlyTheAdminPortTells() {
        telemetry.close();
        telemetry = new ProxyTelemetry(
                new TelemetryConfig(null, "shop", "front", "", "n", ""),
                registry,
                null,
                Limits.DEFAULT,
                InstantSource.system());
        telemetry.start();
        run(4);

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(registry.scrape()).contains("tracery_exchange_duration_seconds_count"));
        assertThat(telemetry.spanAccount().accepted()).isZero();
        assertThat(telemetry.ready()).isTrue();
    }

    private ProxyTelemetry telemetry(Limits limits) {
        return new ProxyTelemetry(CONFIG, registry, kafka, limits, InstantSource.system());
    }

    private void run(int exchanges) {
        ExchangeObserver observer = telemetry.observerFor(loop);
        loop.submit(() -> {
                    for (int i = 0; i < exchanges; i++) {
                        Exchange exchange = Exchanges.served();
                        observer.started(exchange);
                        observer.ended(exchange);
                    }
                })
                .syncUninterruptibly();
    }

    private void observe(Exchange exchange) {
        observe(telemetry.observerFor(loop), loop, exchange);
    }

    private static void observe(ExchangeObserver observer, EventLoop on, Exchange exchange) {
        on.submit(() -> {
                    observer.started(exchange);
                    observer.ended(exchange);
                })
                .syncUninterruptibly();
    }

    @SuppressWarnings("NullAway") // the point is what a defect elsewhere would do
    private static String nullText() {
        return null;
    }

    private static void assertBalanced(ProxyTelemetry telemetry) {
        // Figures move on other threads: the sum must hold as soon as they rest.
        await().atMost(PATIENCE).untilAsserted(() -> {
            for (Account account : List.of(telemetry.spanAccount(), telemetry.metricAccount())) {
                assertThat(account.accepted())
                        .as(account.signal())
                        .isEqualTo(account.exported() + account.dropped() + account.queued());
            }
        });
    }

    private ExponentialHistogramDataPoint lastDuration() {
        return last(kafka.metrics("tracery.exchange.duration"))
                .getExponentialHistogram()
                .getDataPoints(0);
    }

    private long value(String metric, int point) {
        NumberDataPoint data = last(kafka.metrics(metric)).getSum().getDataPoints(point);
        return data.getAsInt();
    }

    private static Metric last(Stream<Metric> metrics) {
        return metrics.reduce((earlier, later) -> later).orElseThrow(() -> new AssertionError("none was sent yet"));
    }
}
