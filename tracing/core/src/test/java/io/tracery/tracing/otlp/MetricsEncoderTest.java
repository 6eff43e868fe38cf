package io.tracery.tracing.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.MetricsData;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.resource.v1.Resource;
import io.tracery.tracing.metric.ExponentialHistogram;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Every batch is compared, byte for byte, with what opentelemetry-proto's own classes write. */
class MetricsEncoderTest {

    private static final long SEED = 13;
    private static final long START = 1_000;
    private static final long NOW = 2_000;

    private final AttributeSet labels =
            AttributeSet.builder().put(Key.of("route"), "shop/cart/0").build();
    private final AttributeSet more =
            labels.and(AttributeSet.builder().put(Key.of("status"), 503).build());
    private final MetricsEncoder encoder = new MetricsEncoder(
            AttributeSet.builder().put(Key.of("service.name"), "cart").build(), new Scope("scope", ""));

    @Test
    void anyBatchIsWhatGeneratedCodeWouldWrite() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int run = 0; run < 300; run++) {
            ScopeMetrics.Builder theirs = ScopeMetrics.newBuilder()
                    .setScope(InstrumentationScope.newBuilder().setName("scope"));
            theirs.addMetrics(gaugeOnBoth(random));
            theirs.addMetrics(levelOnBoth(random));
            theirs.addMetrics(sumOnBoth(random));
            theirs.addMetrics(histogramOnBoth(random));
            byte[] batch = encoder.finish();

            assertThat(batch)
                    .as("run %d of seed %d", run, SEED)
                    .isEqualTo(MetricsData.newBuilder()
                            .addResourceMetrics(ResourceMetrics.newBuilder()
                                    .setResource(Resource.newBuilder().addAttributes(text("service.name", "cart")))
                                    .addScopeMetrics(theirs))
                            .build()
                            .toByteArray());
        }
    }

    @Test
    void countsItsPoints() {
        encoder.beginSum("a", "1");
        encoder.point(labels, START, NOW, 1);
        encoder.point(labels, START, NOW, 2);
        encoder.endMetric();
        assertThat(encoder.points()).isEqualTo(2);
        encoder.finish();
        assertThat(encoder.points()).isZero();
    }

    private Metric gaugeOnBoth(SplittableRandom random) {
        long value = random.nextLong();
        encoder.beginGauge("tracery.proxy.configuration.time", "s");
        encoder.point(labels, START, NOW, value);
        encoder.endMetric();
        return Metric.newBuilder()
                .setName("tracery.proxy.configuration.time")
                .setUnit("s")
                .setGauge(Gauge.newBuilder()
                        .addDataPoints(NumberDataPoint.newBuilder()
                                .setStartTimeUnixNano(START)
                                .setTimeUnixNano(NOW)
                                .setAsInt(value)
                                .addAttributes(text("route", "shop/cart/0"))))
                .build();
    }

    private Metric levelOnBoth(SplittableRandom random) {
        double value = random.nextInt(5) == 0 ? 0 : random.nextDouble();
        encoder.beginGauge("tracery.proxy.endpoint.cost", "s");
        encoder.level(labels, START, NOW, value);
        encoder.endMetric();
        return Metric.newBuilder()
                .setName("tracery.proxy.endpoint.cost")
                .setUnit("s")
                .setGauge(Gauge.newBuilder()
                        .addDataPoints(NumberDataPoint.newBuilder()
                                .setStartTimeUnixNano(START)
                                .setTimeUnixNano(NOW)
                                .setAsDouble(value)
                                .addAttributes(text("route", "shop/cart/0"))))
                .build();
    }

    private Metric sumOnBoth(SplittableRandom random) {
        encoder.beginSum("tracery.exchange.started", "{exchange}");
        Sum.Builder sum = Sum.newBuilder()
                .setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE)
                .setIsMonotonic(true);
        for (int i = random.nextInt(5); i > 0; i--) {
            long value = random.nextInt(3) == 0 ? 0 : random.nextLong(Long.MAX_VALUE);
            encoder.point(labels, START, NOW, value);
            sum.addDataPoints(NumberDataPoint.newBuilder()
                    .setStartTimeUnixNano(START)
                    .setTimeUnixNano(NOW)
                    .setAsInt(value)
                    .addAttributes(text("route", "shop/cart/0")));
        }
        encoder.endMetric();
        return Metric.newBuilder()
                .setName("tracery.exchange.started")
                .setUnit("{exchange}")
                .setSum(sum)
                .build();
    }

    private Metric histogramOnBoth(SplittableRandom random) {
        encoder.beginHistogram("tracery.exchange.duration", "s");
        io.opentelemetry.proto.metrics.v1.ExponentialHistogram.Builder histogram =
                io.opentelemetry.proto.metrics.v1.ExponentialHistogram.newBuilder()
                        .setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE);
        for (int i = random.nextInt(5); i > 0; i--) {
            ExponentialHistogram value = new ExponentialHistogram();
            for (int n = random.nextInt(300); n > 0; n--) {
                value.record(random.nextInt(10) == 0 ? 0 : Math.exp(random.nextDouble(-10, 3)));
            }
            if (random.nextBoolean()) {
                long time = random.nextLong(Long.MAX_VALUE);
                encoder.point(
                        more,
                        START,
                        NOW,
                        value,
                        new TraceExemplar(time, 0.5, 0x0af7651916cd43ddL, 0x8448eb211c80319cL, 0xb7ad6b7169203331L));
                histogram.addDataPoints(theirs(value).toBuilder()
                        .addExemplars(Exemplar.newBuilder()
                                .setTimeUnixNano(time)
                                .setAsDouble(0.5)
                                .setTraceId(id("0af7651916cd43dd8448eb211c80319c"))
                                .setSpanId(id("b7ad6b7169203331"))));
            } else {
                encoder.point(more, START, NOW, value);
                histogram.addDataPoints(theirs(value));
            }
        }
        encoder.endMetric();
        return Metric.newBuilder()
                .setName("tracery.exchange.duration")
                .setUnit("s")
                .setExponentialHistogram(histogram)
                .build();
    }

    private static ByteString id(String hex) {
        return ByteString.copyFrom(HexFormat.of().parseHex(hex));
    }

    private static ExponentialHistogramDataPoint theirs(ExponentialHistogram value) {
        ExponentialHistogramDataPoint.Builder point = ExponentialHistogramDataPoint.newBuilder()
                .addAttributes(text("route", "shop/cart/0"))
                .addAttributes(KeyValue.newBuilder()
                        .setKey("status")
                        .setValue(AnyValue.newBuilder().setIntValue(503)))
                .setStartTimeUnixNano(START)
                .setTimeUnixNano(NOW)
                .setCount(value.count())
                .setSum(value.sum())
                .setScale(3)
                .setZeroCount(value.zeroCount());
        if (value.bucketCount() > 0) {
            point.getPositiveBuilder().setOffset(value.offset());
            for (int i = 0; i < value.bucketCount(); i++) {
                point.getPositiveBuilder().addBucketCounts(value.countAt(i));
            }
        }
        return point.build();
    }

    private static KeyValue text(String key, String value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setStringValue(value))
                .build();
    }
}
