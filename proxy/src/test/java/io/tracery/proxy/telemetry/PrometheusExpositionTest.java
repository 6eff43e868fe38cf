package io.tracery.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tracery.tracing.metric.ExponentialHistogram;
import io.tracery.tracing.span.Fate;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a scraper reads on the admin port. */
class PrometheusExpositionTest {

    private static final String LABELS = "http_route=\"/items/{id}\",service_peer_name=\"cart\","
            + "service_peer_namespace=\"shop\",tracery_direction=\"outbound\",";
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private final Account spans = new Account("spans");
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    PrometheusExpositionTest() {
        MetricsView view = new MetricsView(List.of(totals(), overflow()), 4, 6);
        registry.getPrometheusRegistry().register(new PrometheusExposition(() -> view, List.of(spans)));
    }

    @Test
    void durationsAreAClassicHistogramInSecondsWithTheMeshsLabels() {
        assertThat(lines("tracery_exchange_duration_seconds_bucket"))
                .filteredOn(line -> line.contains("tracery_fate=\"served\""))
                .hasSize(15)
                .anySatisfy(line -> assertThat(line)
                        .contains(LABELS)
                        .contains("http_response_status_code=\"200\"")
                        .contains("tracery_tls=\"mtls\"")
                        .contains("le=\"0.005\"} 1"))
                .anySatisfy(line -> assertThat(line).contains("le=\"10.0\"} 2"))
                .anySatisfy(line -> assertThat(line).contains("le=\"+Inf\"} 3"));
        assertThat(lines("tracery_exchange_duration_seconds_count"))
                .anySatisfy(line -> assertThat(line).endsWith("} 3"));
        assertThat(lines("tracery_exchange_duration_seconds_sum"))
                .anySatisfy(line -> assertThat(line).endsWith("} 22.004"));
    }

    @Test
    void countersCarryTheirFigures() {
        assertThat(lines("tracery_exchanges_started_total"))
                .anySatisfy(line -> assertThat(line).contains(LABELS).endsWith(" 3.0"));
        assertThat(lines("tracery_exchange_retries_total"))
                .anySatisfy(line -> assertThat(line).endsWith(" 1.0"));
        assertThat(lines("tracery_exchange_io_bytes_total"))
                .anySatisfy(line -> assertThat(line).contains("receive").endsWith(" 10.0"))
                .anySatisfy(line -> assertThat(line).contains("transmit").endsWith(" 20.0"));
        assertThat(lines("tracery_exchanges_active ")).containsExactly("tracery_exchanges_active 4.0");
        assertThat(lines("tracery_telemetry_over_budget_exchanges_total"))
                .singleElement()
                .satisfies(line -> assertThat(line).endsWith(" 6.0"));
    }

    @Test
    void theOverflowGroupIsRecognisable() {
        assertThat(lines("tracery_exchanges_started_total"))
                .anySatisfy(line -> assertThat(line)
                        .contains("otel_metric_overflow=\"true\"")
                        .endsWith(" 9.0"));
    }

    @Test
    void telemetryAccountsForItself() {
        spans.accept(10);
        spans.export(4);
        spans.drop(DropReason.TIMED_OUT, 3);
        spans.refuse(DropReason.QUEUE_FULL, 2);

        assertThat(lines("tracery_telemetry_accepted_total"))
                .containsExactly("tracery_telemetry_accepted_total{signal=\"spans\"} 12.0");
        assertThat(lines("tracery_telemetry_exported_total"))
                .containsExactly("tracery_telemetry_exported_total{signal=\"spans\"} 4.0");
        assertThat(lines("tracery_telemetry_queued")).containsExactly("tracery_telemetry_queued{signal=\"spans\"} 3.0");
        assertThat(lines("tracery_telemetry_dropped_total"))
                .contains(
                        "tracery_telemetry_dropped_total{reason=\"timed_out\",signal=\"spans\"} 3.0",
                        "tracery_telemetry_dropped_total{reason=\"queue_full\",signal=\"spans\"} 2.0",
                        "tracery_telemetry_dropped_total{reason=\"unreachable\",signal=\"spans\"} 0.0");
    }

    @Test
    void openMetricsCarriesTheSlowestExchangesTrace() {
        assertThat(registry.scrape(OPEN_METRICS))
                .contains(
                        "# {span_id=\"0000000000000033\",trace_id=\"00000000000000110000000000000022\"} 20.0 1700000000.000");
    }

    private List<String> lines(String prefix) {
        return registry.scrape().lines().filter(line -> line.startsWith(prefix)).toList();
    }

    private static Totals totals() {
        ExponentialHistogram durations = new ExponentialHistogram();
        DurationBuckets classic = new DurationBuckets();
        for (long millis : new long[] {4, 2_000, 20_000}) {
            durations.record(millis / 1e3);
            classic.record(millis * 1_000_000);
        }
        Totals.Outcome outcome = new Totals.Outcome(
                new Totals.Outcome.Id(Fate.SERVED, 200, -1),
                durations,
                classic,
                new Totals.Slowest(20, 1_700_000_000_000L, Exchanges.TRACE));
        SeriesLabels labels = new SeriesLabels(
                "outbound",
                "http",
                "shop",
                "cart",
                "v1",
                Exchanges.CART_IDENTITY,
                "mtls",
                "shop/cart/0",
                "/items/{id}");
        return new Totals(labels, 3, 1, 0, 10, 20, List.of(outcome));
    }

    private static Totals overflow() {
        return new Totals(SeriesLabels.OVERFLOW, 9, 0, 0, 0, 0, List.of());
    }
}
