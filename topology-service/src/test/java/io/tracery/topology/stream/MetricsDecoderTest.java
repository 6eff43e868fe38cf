package io.tracery.topology.stream;

import static io.tracery.topology.SettableClock.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.MetricsData;
import io.tracery.topology.Call;
import io.tracery.topology.SimulatedProxy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
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
