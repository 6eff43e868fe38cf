package io.tracery.topology;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.MetricsData;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.resource.v1.Resource;
import io.tracery.tracing.metric.ExponentialHistogram;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Counts exchanges and reports them as a proxy does, with OpenTelemetry's own message classes and the contract's names
 * spelled out: a second opinion on both.
 */
public final class SimulatedProxy {

    private final String namespace;
    private final String workload;
    private final String version;
    private final String instance;
    private long startMillis;
    private final Map<Call, ExponentialHistogram> durations = new LinkedHashMap<>();
    private final Map<Call, Long> started = new LinkedHashMap<>();
    private final Map<Call, Long> retries = new LinkedHashMap<>();
    private final Map<Call, long[]> bytes = new LinkedHashMap<>();
    private final Set<String> changed = new TreeSet<>();

    /** @param workload {@code namespace/name} */
    public SimulatedProxy(String workload, String version, String instance, long startMillis) {
        this.namespace = workload.substring(0, workload.indexOf('/'));
        this.workload = workload.substring(workload.indexOf('/') + 1);
        this.version = version;
        this.instance = instance;
        this.startMillis = startMillis;
    }

    /** The key of its records on the topic. */
    public String key() {
        return namespace + "/" + workload;
    }

    /** Exchanges that began and ended. */
    public void exchanges(Call call, int count, double seconds) {
        begin(call, count);
        end(call, count, seconds);
    }

    public void begin(Call call, int count) {
        started.merge(unfinished(call), (long) count, Long::sum);
        changed.add("started " + unfinished(call));
    }

    public void end(Call call, int count, double seconds) {
        ExponentialHistogram histogram = durations.computeIfAbsent(call, any -> new ExponentialHistogram());
        for (int i = 0; i < count; i++) {
            histogram.record(seconds);
        }
        changed.add("duration " + call);
    }

    public void retry(Call call, int count) {
        retries.merge(unfinished(call), (long) count, Long::sum);
        changed.add("retries " + unfinished(call));
    }

    public void io(Call call, long received, long sent) {
        long[] sums = bytes.computeIfAbsent(unfinished(call), any -> new long[2]);
        sums[0] += received;
        sums[1] += sent;
        changed.add("io " + unfinished(call));
    }

    /** The process ends and another begins under the same name: everything counts from nothing. */
    public void restart(long millis) {
        startMillis = millis;
        durations.clear();
        started.clear();
        retries.clear();
        bytes.clear();
        changed.clear();
    }

    /** Every series, as a proxy sends them twice a minute. */
    public MetricsData reportAll(long millis) {
        changed.clear();
        return report(millis, true);
    }

    /** The series that changed since the last report. */
    public MetricsData reportChanged(long millis) {
        MetricsData data = report(millis, false);
        changed.clear();
        return data;
    }

    private MetricsData report(long millis, boolean all) {
        List<ExponentialHistogramDataPoint> durationPoints = new ArrayList<>();
        durations.forEach((call, histogram) -> {
            if (all || changed.contains("duration " + call)) {
                durationPoints.add(point(call, histogram, millis));
            }
        });
        ScopeMetrics.Builder scope = ScopeMetrics.newBuilder();
        scope.addMetrics(Metric.newBuilder()
                .setName("tracery.exchange.duration")
                .setUnit("s")
                .setExponentialHistogram(io.opentelemetry.proto.metrics.v1.ExponentialHistogram.newBuilder()
                        .setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE)
                        .addAllDataPoints(durationPoints)));
        scope.addMetrics(sum("tracery.exchange.started", points("started", started, millis, all)));
        scope.addMetrics(sum("tracery.exchange.retries", points("retries", retries, millis, all)));
        List<NumberDataPoint> io = new ArrayList<>();
        bytes.forEach((call, sums) -> {
            if (all || changed.contains("io " + call)) {
                io.add(number(call, sums[0], millis, attribute("network.io.direction", "receive")));
                io.add(number(call, sums[1], millis, attribute("network.io.direction", "transmit")));
            }
        });
        scope.addMetrics(sum("tracery.exchange.io", io));
        return MetricsData.newBuilder()
                .addResourceMetrics(
                        ResourceMetrics.newBuilder().setResource(resource()).addScopeMetrics(scope))
                .build();
    }

    private Resource resource() {
        return Resource.newBuilder()
                .addAttributes(attribute("service.name", workload))
                .addAttributes(attribute("service.namespace", namespace))
                .addAttributes(attribute("service.version", version))
                .addAttributes(attribute("service.instance.id", instance))
                .addAttributes(attribute("tracery.identity", Call.identity(key())))
                .build();
    }

    private List<NumberDataPoint> points(String kind, Map<Call, Long> counts, long millis, boolean all) {
        List<NumberDataPoint> points = new ArrayList<>();
        counts.forEach((call, count) -> {
            if (all || changed.contains(kind + " " + call)) {
                points.add(number(call, count, millis));
            }
        });
        return points;
    }

    private NumberDataPoint number(Call call, long count, long millis, KeyValue... more) {
        return NumberDataPoint.newBuilder()
                .addAllAttributes(attributes(call))
                .addAllAttributes(List.of(more))
                .setStartTimeUnixNano(nanos(startMillis))
                .setTimeUnixNano(nanos(millis))
                .setAsInt(count)
                .build();
    }

    private ExponentialHistogramDataPoint point(Call call, ExponentialHistogram histogram, long millis) {
        ExponentialHistogramDataPoint.Buckets.Builder buckets =
                ExponentialHistogramDataPoint.Buckets.newBuilder().setOffset(histogram.offset());
        for (int i = 0; i < histogram.bucketCount(); i++) {
            buckets.addBucketCounts(histogram.countAt(i));
        }
        ExponentialHistogramDataPoint.Builder point = ExponentialHistogramDataPoint.newBuilder()
                .addAllAttributes(attributes(call))
                .addAttributes(attribute("tracery.fate", call.fate()))
                .setStartTimeUnixNano(nanos(startMillis))
                .setTimeUnixNano(nanos(millis))
                .setScale(3)
                .setCount(histogram.count())
                .setSum(histogram.sum())
                .setZeroCount(histogram.zeroCount())
                .setPositive(buckets);
        if (call.status() != 0) {
            point.addAttributes(KeyValue.newBuilder()
                    .setKey("http.response.status_code")
                    .setValue(AnyValue.newBuilder().setIntValue(call.status())));
        }
        return point.build();
    }

    private static Metric sum(String name, List<NumberDataPoint> points) {
        return Metric.newBuilder()
                .setName(name)
                .setSum(Sum.newBuilder()
                        .setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE)
                        .setIsMonotonic(true)
                        .addAllDataPoints(points))
                .build();
    }

    private static List<KeyValue> attributes(Call call) {
        int slash = call.peer().indexOf('/');
        return List.of(
                attribute("tracery.direction", call.direction()),
                attribute("tracery.protocol", call.protocol()),
                attribute("service.peer.namespace", slash < 0 ? "" : call.peer().substring(0, slash)),
                attribute("service.peer.name", call.peer().substring(slash + 1)),
                attribute("tracery.peer.version", call.peerVersion()),
                attribute("tracery.peer.identity", call.peerIdentity()),
                attribute("tracery.tls", call.tls()),
                attribute("http.route", "/items/{id}"),
                attribute("tracery.route", call.route()));
    }

    /** Series that are no durations know neither fate nor status. */
    private static Call unfinished(Call call) {
        return new Call(
                call.direction(),
                call.protocol(),
                call.peer(),
                call.peerVersion(),
                call.peerIdentity(),
                call.tls(),
                call.route(),
                "",
                0);
    }

    private static KeyValue attribute(String key, String value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setStringValue(value))
                .build();
    }

    private static long nanos(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
