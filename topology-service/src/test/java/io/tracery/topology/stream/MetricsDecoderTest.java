package io.tracery.topology.stream;

import static io.tracery.topology.SettableClock.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.MetricsData;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.tracery.topology.Call;
import io.tracery.topology.SimulatedProxy;
import io.tracery.topology.fleet.BalancedEndpoints;
import io.tracery.topology.fleet.UndeclaredPorts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MetricsDecoderTest {

    private static final int MANY = 1_000;

    private final MetricsDecoder decoder = new MetricsDecoder(new Reporters(MANY));
    private final SimulatedProxy front = new SimulatedProxy("shop/front", "v1", "sidecar~shop/front-1", START - 10_000);

    @Test
    void knowsASeriesAgainByItsBytes() throws Exception {
        front.exchanges(Call.to("shop/cart"), 3, 0.01);
        front.io(Call.to("shop/cart"), 100, 2000);
        Decoded first = decoder.decode(front.reportAll(START).toByteArray());
        front.exchanges(Call.to("shop/cart"), 2, 0.02);
        Decoded second = decoder.decode(front.reportAll(START + 1000).toByteArray());

        assertThat(second.points()).hasSize(4);
        for (int i = 0; i < 4; i++) {
            assertThat(second.points().get(i).series())
                    .isSameAs(first.points().get(i).series());
        }
        assertThat(second.points().getFirst().count().amount()).isEqualTo(5);
    }

    @Test
    void readsWhatAProxyTellsOfItsEndpoints() throws Exception {
        Metric.Builder cost = Metric.newBuilder().setName("tracery.proxy.endpoint.cost");
        Metric.Builder inFlight = Metric.newBuilder().setName("tracery.proxy.endpoint.in_flight");
        for (int i = 0; i < 70; i++) {
            NumberDataPoint.Builder point = endpoint(i == 0 ? "consecutive_5xx" : "", 8080 + i);
            cost.getGaugeBuilder().addDataPoints(point.clone().setAsDouble(0.25));
            inFlight.getGaugeBuilder().addDataPoints(point.clone().setAsInt(3));
        }
        cost.getGaugeBuilder()
                .addDataPoints(NumberDataPoint.newBuilder().setAsDouble(1).setTimeUnixNano(START * 1_000_000));
        Metric.Builder omitted = Metric.newBuilder().setName("tracery.proxy.endpoint.omitted");
        omitted.getGaugeBuilder()
                .addDataPoints(NumberDataPoint.newBuilder()
                        .setStartTimeUnixNano((START - 10_000) * 1_000_000)
                        .setTimeUnixNano(START * 1_000_000)
                        .setAsInt(5));
        front.exchanges(Call.to("shop/cart"), 1, 0.01);
        MetricsData.Builder data = front.reportAll(START).toBuilder();
        data.getResourceMetricsBuilder(0)
                .getScopeMetricsBuilder(0)
                .clearMetrics()
                .addMetrics(cost)
                .addMetrics(inFlight)
                .addMetrics(omitted);

        Decoded decoded = decoder.decode(data.build().toByteArray());

        assertThat(decoded.foreign()).isZero();
        assertThat(decoded.reports()).singleElement().satisfies(report -> {
            assertThat(report.startMillis()).isEqualTo(START - 10_000);
            BalancedEndpoints balanced = Objects.requireNonNull(report.balanced());
            assertThat(balanced.timeMillis()).isEqualTo(START);
            assertThat(balanced.omitted()).isEqualTo(5);
            assertThat(balanced.endpoints())
                    .hasSize(BalancedEndpoints.MOST)
                    .startsWith(
                            new BalancedEndpoints.Endpoint(
                                    "shop/cart",
                                    "v1",
                                    "outbound/cart.shop/80",
                                    "10.0.0.7:8080",
                                    0.25,
                                    3,
                                    "consecutive_5xx"),
                            new BalancedEndpoints.Endpoint(
                                    "shop/cart", "v1", "outbound/cart.shop/80", "10.0.0.7:8081", 0.25, 3, ""));
        });
        data.getResourceMetricsBuilder(0).getScopeMetricsBuilder(0).removeMetrics(2);
        assertThat(decoder.decode(data.build().toByteArray()).reports())
                .as("half a list")
                .singleElement()
                .satisfies(report -> assertThat(report.balanced()).isNull());
    }

    @Test
    void readsWhatAProxyTellsOfItsUndeclaredPorts() throws Exception {
        Metric.Builder connections = Metric.newBuilder().setName("tracery.proxy.detection.connections");
        Metric.Builder wait = Metric.newBuilder().setName("tracery.proxy.detection.wait");
        for (int i = 0; i < 70; i++) {
            NumberDataPoint.Builder port = point().addAttributes(text("tracery.listener", "outbound/kv.shop/" + i));
            wait.getGaugeBuilder().addDataPoints(port.clone().setAsDouble(0.2));
            connections
                    .getSumBuilder()
                    .addDataPoints(port.clone()
                            .addAttributes(text("tracery.detected", "server_first"))
                            .setAsInt(3))
                    .addDataPoints(port.addAttributes(text("tracery.detected", "opaque"))
                            .setAsInt(1));
        }
        connections.getSumBuilder().addDataPoints(point().setAsInt(9));
        Metric.Builder omitted = Metric.newBuilder().setName("tracery.proxy.detection.omitted");
        omitted.getGaugeBuilder().addDataPoints(point().setAsInt(6));
        MetricsData.Builder data = front.reportAll(START).toBuilder();
        data.getResourceMetricsBuilder(0)
                .clearScopeMetrics()
                .addScopeMetricsBuilder()
                .addMetrics(connections)
                .addMetrics(wait)
                .addMetrics(omitted);

        Decoded decoded = decoder.decode(data.build().toByteArray());

        assertThat(decoded.foreign()).isZero();
        assertThat(decoded.reports()).singleElement().satisfies(report -> {
            UndeclaredPorts undeclared = Objects.requireNonNull(report.undeclared());
            assertThat(undeclared.timeMillis()).isEqualTo(START);
            assertThat(undeclared.omitted()).isEqualTo(6);
            assertThat(undeclared.ports())
                    .hasSize(UndeclaredPorts.MOST)
                    .startsWith(new UndeclaredPorts.Port(
                            "outbound/kv.shop/0", Map.of("server_first", 3L, "opaque", 1L), 200));
        });
        data.getResourceMetricsBuilder(0).getScopeMetricsBuilder(0).removeMetrics(2);
        assertThat(decoder.decode(data.build().toByteArray()).reports())
                .as("half a list")
                .singleElement()
                .satisfies(report -> assertThat(report.undeclared()).isNull());
    }

    private static NumberDataPoint.Builder point() {
        return NumberDataPoint.newBuilder()
                .setStartTimeUnixNano((START - 10_000) * 1_000_000)
                .setTimeUnixNano(START * 1_000_000);
    }

    private static NumberDataPoint.Builder endpoint(String ejected, int port) {
        NumberDataPoint.Builder point = point().addAttributes(text("service.peer.namespace", "shop"))
                .addAttributes(text("service.peer.name", "cart"))
                .addAttributes(text("tracery.peer.version", "v1"))
                .addAttributes(text("tracery.cluster", "outbound/cart.shop/80"))
                .addAttributes(text("network.peer.address", "10.0.0.7"))
                .addAttributes(KeyValue.newBuilder()
                        .setKey("network.peer.port")
                        .setValue(AnyValue.newBuilder().setIntValue(port)));
        return ejected.isEmpty() ? point : point.addAttributes(text("tracery.ejected", ejected));
    }

    private static KeyValue text(String key, String value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setStringValue(value))
                .build();
    }

    @Test
    void takesAnotherStartForAnotherSeries() throws Exception {
        front.exchanges(Call.to("shop/cart"), 3, 0.01);
        Decoded first = decoder.decode(front.reportAll(START).toByteArray());
        front.restart(START + 500);
        front.exchanges(Call.to("shop/cart"), 3, 0.01);
        Decoded second = decoder.decode(front.reportAll(START + 1000).toByteArray());

        assertThat(second.points().getFirst().series().key.startNanos())
                .isEqualTo((START + 500) * 1_000_000L)
                .isNotEqualTo(first.points().getFirst().series().key.startNanos());
    }

    @Test
    void forgetsWhoeverDidNotReportForLongest() throws Exception {
        MetricsDecoder small = new MetricsDecoder(new Reporters(2));
        SimulatedProxy cart = new SimulatedProxy("shop/cart", "v1", "sidecar~shop/cart-1", START - 10_000);
        front.exchanges(Call.to("shop/cart"), 3, 0.01);
        cart.exchanges(Call.from("shop/front"), 3, 0.01);
        byte[] one = front.reportAll(START).toByteArray();
        byte[] other = cart.reportAll(START).toByteArray();
        KnownSeries before = small.decode(one).points().getFirst().series();
        small.decode(other);
        KnownSeries after = small.decode(one).points().getFirst().series();

        assertThat(after).isNotSameAs(before);
        assertThat(after.key).isEqualTo(before.key);
    }

    /** Attributes before and after the numbers, and buckets that are not packed: as whoever else may write them. */
    @Test
    void readsPointsThatAreWrittenInAnotherWay() throws Exception {
        front.exchanges(Call.to("shop/cart"), 3, 0.01);
        MetricsData usual = front.reportAll(START);
        Point expected = decoder.decode(usual.toByteArray()).points().getFirst();
        ExponentialHistogramDataPoint point = firstPoint(usual);
        ExponentialHistogramDataPoint.Builder numbers =
                point.toBuilder().clearAttributes().clearPositive();
        ByteArrayOutputStream buckets = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(buckets);
        out.writeSInt32(1, point.getPositive().getOffset());
        for (long count : point.getPositive().getBucketCountsList()) {
            out.writeUInt64(2, count);
        }
        out.flush();
        byte[] unusual = field(
                1,
                field(1, usual.getResourceMetrics(0).getResource().toByteArray()),
                field(
                        2,
                        field(
                                2,
                                field(1, "tracery.exchange.duration".getBytes(StandardCharsets.UTF_8)),
                                field(
                                        10,
                                        field(
                                                1,
                                                field(1, point.getAttributes(0).toByteArray()),
                                                numbers.build().toByteArray(),
                                                field(8, buckets.toByteArray()),
                                                ExponentialHistogramDataPoint.newBuilder()
                                                        .addAllAttributes(point.getAttributesList()
                                                                .subList(1, point.getAttributesCount()))
                                                        .build()
                                                        .toByteArray()),
                                        new byte[] {2 << 3, 2}))));

        Decoded decoded = decoder.decode(unusual);

        assertThat(decoded.points()).singleElement().satisfies(read -> {
            assertThat(read.series().key).isEqualTo(expected.series().key);
            assertThat(read.count()).isEqualTo(expected.count());
        });
    }

    @Test
    void takesTheSlowestExchangeThatNamesATrace() throws Exception {
        front.exchanges(Call.to("shop/cart"), 3, 0.01);
        MetricsData usual = front.reportAll(START);
        ExponentialHistogramDataPoint.Builder point = firstPoint(usual).toBuilder();
        for (double seconds : List.of(0.2, 0.3, 0.1)) {
            point.addExemplars(Exemplar.newBuilder()
                    .setTraceId(ByteString.copyFrom(new byte[16]))
                    .setSpanId(ByteString.copyFrom(new byte[8]))
                    .setAsDouble(seconds));
        }
        point.addExemplars(Exemplar.newBuilder().setAsDouble(9));

        Decoded decoded = decoder.decode(replaceFirstPoint(usual, point.build()).toByteArray());

        assertThat(decoded.points().getFirst().exemplar())
                .satisfies(exemplar -> assertThat(exemplar.latencyMillis()).isEqualTo(300));
    }

    @Test
    void anyBytesAreReadOrRefused() throws Exception {
        front.exchanges(Call.to("shop/cart"), 3, 0.01);
        front.io(Call.to("shop/cart"), 100, 2000);
        byte[] whole = front.reportAll(START).toByteArray();
        Random random = new Random(20_261_129);
        int refused = 0;
        for (int run = 0; run < 20_000; run++) {
            byte[] broken = whole.clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt();
            }
            try {
                decoder.decode(broken);
            } catch (InvalidProtocolBufferException e) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
        assertThatThrownBy(() -> decoder.decode(Arrays.copyOf(whole, whole.length - 1)))
                .isInstanceOf(InvalidProtocolBufferException.class);
    }

    private static ExponentialHistogramDataPoint firstPoint(MetricsData data) {
        return data.getResourceMetrics(0)
                .getScopeMetrics(0)
                .getMetrics(0)
                .getExponentialHistogram()
                .getDataPoints(0);
    }

    private static byte[] field(int number, byte[]... parts) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.write(part);
        }
        ByteArrayOutputStream field = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(field);
        out.writeByteArray(number, content.toByteArray());
        out.flush();
        return field.toByteArray();
    }

    private static MetricsData replaceFirstPoint(MetricsData data, ExponentialHistogramDataPoint point) {
        MetricsData.Builder changed = data.toBuilder();
        changed.getResourceMetricsBuilder(0)
                .getScopeMetricsBuilder(0)
                .getMetricsBuilder(0)
                .getExponentialHistogramBuilder()
                .setDataPoints(0, point);
        return changed.build();
    }
}
