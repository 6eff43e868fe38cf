package io.tracery.proxy.telemetry;

import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.otlp.AttributeSet;
import io.tracery.tracing.otlp.Key;
import io.tracery.tracing.otlp.MetricsEncoder;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Writes what the proxy says of itself as OTLP, when it changed. Confined to the exporter. */
final class VitalsBatch {

    private static final Key SIGNAL = Key.of(Vocabulary.SIGNAL);

    private final MetricsEncoder out;
    private final long startNanos;
    private final List<Account> accounts;
    private volatile Supplier<ProxyVitals> vitals = () -> new ProxyVitals(0, 0, 0, 0);
    private @Nullable Said said;

    private record Said(ProxyVitals vitals, List<Long> dropped, long overBudget) {}

    /** @param accounts whose losses are told */
    VitalsBatch(MetricsEncoder out, long startNanos, List<Account> accounts) {
        this.out = out;
        this.startNanos = startNanos;
        this.accounts = accounts;
    }

    /** Who knows. Any thread. */
    void of(Supplier<ProxyVitals> source) {
        vitals = source;
    }

    /** @param all whether or not it changed */
    void write(boolean all, long overBudget, long nowNanos, MetricBatches.Sink sink) {
        Said now =
                new Said(vitals.get(), accounts.stream().map(Account::dropped).toList(), overBudget);
        if (!all && now.equals(said)) {
            return;
        }
        said = now;
        ProxyVitals of = now.vitals;
        if (of.configurationSeconds() > 0) {
            gauge(Vocabulary.PROXY_CONFIGURATION_VERSION, "{configuration}", of.configurationVersion(), nowNanos);
            gauge(Vocabulary.PROXY_CONFIGURATION_TIME, "s", of.configurationSeconds(), nowNanos);
        }
        if (of.certificateExpires() > 0) {
            gauge(Vocabulary.PROXY_CERTIFICATE_ISSUED, "s", of.certificateIssued(), nowNanos);
            gauge(Vocabulary.PROXY_CERTIFICATE_EXPIRES, "s", of.certificateExpires(), nowNanos);
        }
        out.beginSum(Vocabulary.PROXY_DROPPED, "{item}");
        for (int i = 0; i < accounts.size(); i++) {
            AttributeSet signal =
                    AttributeSet.builder().put(SIGNAL, accounts.get(i).signal()).build();
            out.point(signal, startNanos, nowNanos, now.dropped.get(i));
        }
        out.endMetric();
        out.beginSum(Vocabulary.PROXY_OVER_BUDGET, "{exchange}");
        out.point(AttributeSet.EMPTY, startNanos, nowNanos, overBudget);
        out.endMetric();
        int points = out.points();
        sink.batch(out.finish(), points);
    }

    private void gauge(String name, String unit, long value, long nowNanos) {
        out.beginGauge(name, unit);
        out.point(AttributeSet.EMPTY, startNanos, nowNanos, value);
        out.endMetric();
    }
}
