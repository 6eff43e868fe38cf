package io.tracery.load.telemetry;

import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.Metric.DataCase;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.tracery.tracing.Vocabulary;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The mesh's metrics as {@code ARCHITECTURE.md} lists them, and what OpenTelemetry's data model says of any: instrument, unit, temporality, and
 * that the figures of a point agree with each other.
 */
final class MetricConventions {

    private static final Set<String> OF_AN_EXCHANGE = Set.of(
            Vocabulary.DIRECTION,
            Vocabulary.PROTOCOL,
            Vocabulary.PEER_NAMESPACE,
            Vocabulary.PEER_NAME,
            Vocabulary.PEER_VERSION,
            Vocabulary.PEER_IDENTITY,
            Vocabulary.TLS,
            Vocabulary.ROUTE,
            Vocabulary.HTTP_ROUTE);

    private static final String[] OF_AN_ENDPOINT = {
        Vocabulary.PEER_NAMESPACE,
        Vocabulary.PEER_NAME,
        Vocabulary.PEER_VERSION,
        Vocabulary.CLUSTER,
        Vocabulary.NETWORK_PEER_ADDRESS,
        Vocabulary.NETWORK_PEER_PORT
    };

    private static final Map<String, Instrument> METRICS = Map.ofEntries(
            Map.entry(
                    Vocabulary.EXCHANGE_DURATION,
                    new Instrument(DataCase.EXPONENTIAL_HISTOGRAM, "s", Set.of(Vocabulary.DIRECTION, Vocabulary.FATE))),
            Map.entry(Vocabulary.EXCHANGE_STARTED, counter("{exchange}", Vocabulary.DIRECTION)),
            Map.entry(Vocabulary.EXCHANGE_RETRIES, counter("{attempt}", Vocabulary.DIRECTION)),
            Map.entry(Vocabulary.EXCHANGE_HEDGES, counter("{attempt}", Vocabulary.DIRECTION)),
            Map.entry(Vocabulary.EXCHANGE_IO, counter("By", Vocabulary.DIRECTION, Vocabulary.NETWORK_IO_DIRECTION)),
            Map.entry(Vocabulary.PROXY_CONFIGURATION_VERSION, gauge("{configuration}")),
            Map.entry(Vocabulary.PROXY_CONFIGURATION_TIME, gauge("s")),
            Map.entry(Vocabulary.PROXY_CERTIFICATE_ISSUED, gauge("s")),
            Map.entry(Vocabulary.PROXY_CERTIFICATE_EXPIRES, gauge("s")),
            Map.entry(Vocabulary.PROXY_ENDPOINT_COST, gauge("s", OF_AN_ENDPOINT)),
            Map.entry(Vocabulary.PROXY_ENDPOINT_IN_FLIGHT, gauge("{request}", OF_AN_ENDPOINT)),
            Map.entry(Vocabulary.PROXY_ENDPOINT_OMITTED, gauge("{endpoint}")),
            Map.entry(
                    Vocabulary.PROXY_DETECTION_CONNECTIONS,
                    counter("{connection}", Vocabulary.LISTENER, Vocabulary.EVENT_DETECTED)),
            Map.entry(Vocabulary.PROXY_DETECTION_WAIT, gauge("s", Vocabulary.LISTENER)),
            Map.entry(Vocabulary.PROXY_DETECTION_OMITTED, gauge("{port}")),
            Map.entry(Vocabulary.PROXY_DROPPED, counter("{item}", Vocabulary.SIGNAL)),
            Map.entry(Vocabulary.PROXY_OVER_BUDGET, counter("{exchange}")));

    private final Violations violations;

    MetricConventions(Violations violations) {
        this.violations = violations;
    }

    private record Instrument(DataCase data, String unit, Set<String> attributes) {}

    private static Instrument counter(String unit, String... attributes) {
        return new Instrument(DataCase.SUM, unit, Set.of(attributes));
    }

    private static Instrument gauge(String unit, String... attributes) {
        return new Instrument(DataCase.GAUGE, unit, Set.of(attributes));
    }

    void check(Metric metric) {
        String where = "metric " + metric.getName();
        Instrument instrument = METRICS.get(metric.getName());
        if (instrument == null) {
            violations.add(where + " is in no contract");
            return;
        }
        violations.require(metric.getDataCase() == instrument.data, where + " is a " + metric.getDataCase());
        violations.require(metric.getUnit().equals(instrument.unit), where + " has the unit " + metric.getUnit());
        switch (metric.getDataCase()) {
            case SUM -> {
                violations.require(metric.getSum().getIsMonotonic(), where + " is not monotonic");
                cumulative(where, metric.getSum().getAggregationTemporality());
                metric.getSum().getDataPointsList().forEach(point -> number(where, instrument, point, true));
            }
            case GAUGE ->
                metric.getGauge().getDataPointsList().forEach(point -> number(where, instrument, point, false));
            case EXPONENTIAL_HISTOGRAM -> {
                cumulative(where, metric.getExponentialHistogram().getAggregationTemporality());
                metric.getExponentialHistogram()
                        .getDataPointsList()
                        .forEach(point -> histogram(where, instrument, point));
            }
            case HISTOGRAM, SUMMARY, DATA_NOT_SET -> violations.add(where + " has no data that we know");
        }
    }

    private void cumulative(String where, AggregationTemporality temporality) {
        violations.require(
                temporality == AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE, where + " is " + temporality);
    }

    private void number(String where, Instrument instrument, NumberDataPoint point, boolean sum) {
        double value = point.hasAsInt() ? point.getAsInt() : point.getAsDouble();
        violations.require(
                value >= 0 && Double.isFinite(value) && (point.hasAsInt() || !sum),
                where + " has a point that counts nothing");
        if (sum) {
            begun(where, point.getStartTimeUnixNano(), point.getTimeUnixNano());
        }
        violations.require(point.getTimeUnixNano() > 0, where + " has a point without time");
        attributes(where, instrument, point.getAttributesList());
    }

    private void histogram(String where, Instrument instrument, ExponentialHistogramDataPoint point) {
        begun(where, point.getStartTimeUnixNano(), point.getTimeUnixNano());
        long counted = point.getZeroCount()
                + point.getPositive().getBucketCountsList().stream()
                        .mapToLong(Long::longValue)
                        .sum();
        violations.require(point.getNegative().getBucketCountsCount() == 0, where + " has negative durations");
        violations.require(
                point.getCount() == counted, where + " counts " + point.getCount() + " and " + counted + " in buckets");
        violations.require(point.getCount() > 0, where + " has an empty point");
        violations.require(
                Double.isFinite(point.getSum()) && point.getSum() >= 0, where + " has the sum " + point.getSum());
        point.getExemplarsList().forEach(exemplar -> {
            violations.require(
                    exemplar.getTraceId().size() == 16 && exemplar.getSpanId().size() == 8,
                    where + " has an exemplar that names no span");
            violations.require(
                    exemplar.getTimeUnixNano() >= point.getStartTimeUnixNano(),
                    where + " has an exemplar from before its time");
        });
        attributes(where, instrument, point.getAttributesList());
    }

    private void begun(String where, long start, long end) {
        violations.require(start > 0 && start <= end, where + " has a point that ends before it begins");
    }

    private void attributes(String where, Instrument instrument, List<KeyValue> attributes) {
        Set<String> keys = violations.attributes(where, attributes).keySet();
        violations.require(
                keys.containsAll(instrument.attributes), where + " has a point without " + instrument.attributes);
        if (instrument.attributes.contains(Vocabulary.DIRECTION)) {
            Set<String> missing =
                    OF_AN_EXCHANGE.stream().filter(key -> !keys.contains(key)).collect(Collectors.toSet());
            violations.require(missing.isEmpty(), where + " has a point without " + missing);
        }
    }
}
