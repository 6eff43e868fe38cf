package io.tracery.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.MetricsData;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.tracery.tracing.otlp.AttributeSet;
import io.tracery.tracing.otlp.MetricsEncoder;
import io.tracery.tracing.otlp.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UndeclaredBatchTest {

    private static final long EPOCH = 1_767_225_600_000_000_000L;
    private static final String KV = "outbound/kv.shop/6379";
    private static final String CART = "outbound/cart.shop/80";

    private final UndeclaredBatch batch =
            new UndeclaredBatch(new MetricsEncoder(AttributeSet.EMPTY, new Scope("scope", "")), EPOCH - 1_000_000_000);
    private final List<byte[]> sent = new ArrayList<>();
    private List<UndeclaredPort> known = List.of();

    @Test
    void tellsWhatPortsSpeakAndHowLongTheirClientsWait() throws Exception {
        batch.of(() -> known);
        known = List.of(
                new UndeclaredPort(CART, Map.of("http_1", 7L, "http_2", 1L), 200),
                new UndeclaredPort(KV, Map.of("server_first", 3L), 200));
        write(false);

        List<Metric> metrics = metrics();
        assertThat(metrics)
                .extracting(Metric::getName)
                .containsExactly(
                        "tracery.proxy.detection.connections",
                        "tracery.proxy.detection.wait",
                        "tracery.proxy.detection.omitted");
        List<NumberDataPoint> connections = metrics.getFirst().getSum().getDataPointsList();
        assertThat(connections)
                .as("whose clients wait come first")
                .extracting(NumberDataPoint::getAsInt)
                .containsExactly(3L, 7L, 1L);
        assertThat(connections.getFirst().getStartTimeUnixNano()).isEqualTo(EPOCH - 1_000_000_000);
        assertThat(SpanEncoderTest.attributes(connections.getFirst().getAttributesList()))
                .containsExactlyInAnyOrderEntriesOf(Map.of("tracery.listener", KV, "tracery.detected", "server_first"));
        assertThat(metrics.get(1).getGauge().getDataPointsList())
                .extracting(NumberDataPoint::getAsDouble)
                .containsExactly(0.2, 0.2);
        assertThat(omitted()).isZero();
    }

    @Test
    void speaksWhenSomethingNewWasFoundAndWhenAllIsSaidAgain() {
        batch.of(() -> known);
        write(true);
        assertThat(sent).as("nothing to tell from the start").isEmpty();
        known = List.of(new UndeclaredPort(KV, Map.of("opaque", 1L), 200));
        write(false);
        known = List.of(new UndeclaredPort(KV, Map.of("opaque", 2L), 200));
        write(false);
        assertThat(sent).as("one more of the same is not news").hasSize(1);
        write(true);
        known = List.of(new UndeclaredPort(KV, Map.of("opaque", 2L, "server_first", 1L), 200));
        write(false);
        assertThat(sent).hasSize(3);
    }

    @Test
    void saysOnceThatThereIsNoneAnyMore() throws Exception {
        batch.of(() -> known);
        known = List.of(new UndeclaredPort(KV, Map.of("server_first", 1L), 200));
        write(false);
        known = List.of();
        write(false);
        write(false);
        write(true);

        assertThat(sent).hasSize(2);
        assertThat(metrics().getFirst().getSum().getDataPointsList()).isEmpty();
        assertThat(omitted()).isZero();
    }

    @Test
    void tellsOfSomeAndHowManyItOmits() throws Exception {
        batch.of(() -> known);
        known = new ArrayList<>(IntStream.range(0, 80)
                .mapToObj(i -> new UndeclaredPort("outbound/a%02d.shop/80".formatted(i), Map.of("http_1", 1L), 200))
                .toList());
        known.add(new UndeclaredPort(KV, Map.of("server_first", 9L), 200));
        write(false);

        assertThat(metrics().getFirst().getSum().getDataPointsList())
                .hasSize(UndeclaredBatch.MOST)
                .first()
                .satisfies(point -> assertThat(point.getAsInt()).isEqualTo(9));
        assertThat(omitted()).isEqualTo(81 - UndeclaredBatch.MOST);
    }

    private void write(boolean all) {
        batch.write(all, EPOCH, (value, points) -> sent.add(value));
    }

    private long omitted() throws InvalidProtocolBufferException {
        return metrics().getLast().getGauge().getDataPoints(0).getAsInt();
    }

    private List<Metric> metrics() throws InvalidProtocolBufferException {
        return MetricsData.parseFrom(sent.getLast())
                .getResourceMetrics(0)
                .getScopeMetrics(0)
                .getMetricsList();
    }
}
