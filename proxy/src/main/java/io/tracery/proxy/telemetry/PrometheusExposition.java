package io.tracery.proxy.telemetry;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Unit;
import io.tracery.tracing.Vocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * The same series for Prometheus, under the names that OpenTelemetry's metrics have there, and the account of what telemetry
 * itself took in, sent on and lost.
 */
final class PrometheusExposition implements MultiCollector {

    private static final List<String> NAMES =
            SeriesLabels.NAMES.stream().map(PrometheusExposition::labelName).toList();
    private static final String FATE = labelName(Vocabulary.FATE);
    private static final String HTTP_STATUS = labelName(Vocabulary.HTTP_STATUS);
    private static final String RPC_STATUS = labelName(Vocabulary.RPC_STATUS);
    private static final String IO_DIRECTION = labelName(Vocabulary.NETWORK_IO_DIRECTION);
    private static final String OVERFLOW = labelName(SeriesLabels.OVERFLOW_ATTRIBUTE);

    private final Supplier<MetricsView> view;
    private final List<Account> accounts;

    PrometheusExposition(Supplier<MetricsView> view, List<Account> accounts) {
        this.view = view;
        this.accounts = List.copyOf(accounts);
    }

    @Override
    public MetricSnapshots collect() {
        MetricsView now = view.get();
        return MetricSnapshots.of(
                durations(now),
                counter(now, "tracery_exchanges_started", "Exchanges that got as far as a peer.", Totals::started),
                counter(now, "tracery_exchange_retries", "Attempts after the first.", Totals::retries),
                counter(now, "tracery_exchange_hedges", "Attempts begun beside a slow one.", Totals::hedges),
                bytes(now),
                active(now),
                accepted(),
                exported(),
                dropped(),
                queued(),
                overBudget(now));
    }

    private static HistogramSnapshot durations(MetricsView now) {
        HistogramSnapshot.Builder histogram = HistogramSnapshot.builder()
                .name("tracery_exchange_duration_seconds")
                .unit(Unit.SECONDS)
                .help("From the first byte of a request to the last of its answer, by how it ended.");
        for (Totals totals : now.totals()) {
            Labels labels = labels(totals.labels());
            for (Totals.Outcome outcome : totals.outcomes()) {
                histogram.dataPoint(HistogramSnapshot.HistogramDataPointSnapshot.builder()
                        .labels(labels.merge(outcomeLabels(outcome.id())))
                        .classicHistogramBuckets(ClassicHistogramBuckets.of(
                                DurationBuckets.upperSeconds(),
                                outcome.classic().counts()))
                        .sum(outcome.durations().sum())
                        .exemplars(exemplars(outcome))
                        .build());
            }
        }
        return histogram.build();
    }

    private static Exemplars exemplars(Totals.Outcome outcome) {
        Totals.Slowest slowest = outcome.slowest();
        return slowest == null
                ? Exemplars.EMPTY
                : Exemplars.of(Exemplar.builder()
                        .value(slowest.seconds())
                        .traceId(slowest.trace().traceIdHex())
                        .spanId(slowest.trace().spanIdHex())
                        .timestampMillis(slowest.epochMillis())
                        .build());
    }

    private static CounterSnapshot counter(MetricsView now, String name, String help, ToLongFunction<Totals> figure) {
        CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help);
        for (Totals totals : now.totals()) {
            counter.dataPoint(point(labels(totals.labels()), figure.applyAsLong(totals)));
        }
        return counter.build();
    }

    private static CounterSnapshot bytes(MetricsView now) {
        CounterSnapshot.Builder counter = CounterSnapshot.builder()
                .name("tracery_exchange_io_bytes")
                .unit(Unit.BYTES)
                .help("Bytes of requests (receive) and of answers (transmit), without their heads.");
        for (Totals totals : now.totals()) {
            Labels labels = labels(totals.labels());
            counter.dataPoint(point(labels.add(IO_DIRECTION, Vocabulary.IO_RECEIVE), totals.received()));
            counter.dataPoint(point(labels.add(IO_DIRECTION, Vocabulary.IO_TRANSMIT), totals.sent()));
        }
        return counter.build();
    }

    private static GaugeSnapshot active(MetricsView now) {
        return GaugeSnapshot.builder()
                .name("tracery_exchanges_active")
                .help("Exchanges that have begun and not ended.")
                .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                        .value(now.active())
                        .build())
                .build();
    }

    private static CounterSnapshot overBudget(MetricsView now) {
        return CounterSnapshot.builder()
                .name("tracery_telemetry_over_budget_exchanges")
                .help("Exchanges counted in a coarser series than their own, because there are too many series.")
                .dataPoint(point(Labels.EMPTY, now.overBudget()))
                .build();
    }

    private CounterSnapshot accepted() {
        CounterSnapshot.Builder counter = CounterSnapshot.builder()
                .name("tracery_telemetry_accepted")
                .help("Spans and metric points taken in: exported, dropped or queued.");
        accounts.forEach(account -> counter.dataPoint(point(signal(account), account.accepted())));
        return counter.build();
    }

    private CounterSnapshot exported() {
        CounterSnapshot.Builder counter = CounterSnapshot.builder()
                .name("tracery_telemetry_exported")
                .help("Spans and metric points that Kafka has acknowledged.");
        accounts.forEach(account -> counter.dataPoint(point(signal(account), account.exported())));
        return counter.build();
    }

    private CounterSnapshot dropped() {
        CounterSnapshot.Builder counter = CounterSnapshot.builder()
                .name("tracery_telemetry_dropped")
                .help("Spans and metric points lost, by reason.");
        for (Account account : accounts) {
            for (DropReason reason : DropReason.values()) {
                counter.dataPoint(point(signal(account).add("reason", reason.label()), account.dropped(reason)));
            }
        }
        return counter.build();
    }

    private GaugeSnapshot queued() {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder()
                .name("tracery_telemetry_queued")
                .help("Spans and metric points on their way to Kafka.");
        for (Account account : accounts) {
            gauge.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                    .labels(signal(account))
                    .value((double) account.queued())
                    .build());
        }
        return gauge.build();
    }

    private static CounterSnapshot.CounterDataPointSnapshot point(Labels labels, long value) {
        return CounterSnapshot.CounterDataPointSnapshot.builder()
                .labels(labels)
                .value((double) value)
                .build();
    }

    private static Labels signal(Account account) {
        return Labels.of("signal", account.signal());
    }

    private static Labels labels(SeriesLabels labels) {
        Labels series = Labels.of(NAMES, labels.values());
        return labels.overflow() ? series.add(OVERFLOW, "true") : series;
    }

    private static Labels outcomeLabels(Totals.Outcome.Id id) {
        List<String> names = new ArrayList<>(List.of(FATE));
        List<String> values = new ArrayList<>(List.of(id.fate().label()));
        if (id.status() != 0) {
            names.add(HTTP_STATUS);
            values.add(Integer.toString(id.status()));
        }
        if (id.grpcStatus() >= 0) {
            names.add(RPC_STATUS);
            values.add(GrpcStatusName.of(id.grpcStatus()));
        }
        return Labels.of(names, values);
    }

    private static String labelName(String attribute) {
        return attribute.replace('.', '_');
    }
}
