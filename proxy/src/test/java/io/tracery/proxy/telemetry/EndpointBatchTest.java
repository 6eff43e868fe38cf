package io.tracery.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EndpointBatchTest {

    private static final long EPOCH = 1_767_225_600_000_000_000L;
    private static final BalancedEndpoint WELL =
            new BalancedEndpoint("outbound/cart.shop/80", "shop/cart", "v1", "10.0.0.7:8080", 0.0125, 3, null);
    private static final BalancedEndpoint EJECTED =
            new BalancedEndpoint("outbound/cart.shop/80", "shop/cart", "v2", "fd00::7:8080", 1.5, 0, "consecutive_5xx");

    private final EndpointBatch batch = new EndpointBatch(
            new MetricsEncoder(AttributeSet.EMPTY, new Scope("scope", "")), EPOCH - 60_000_000_000L, 0);
    private final List<byte[]> sent = new ArrayList<>();
    private List<BalancedEndpoint> known = List.of();
    private long nowNanos;

    @Test
    void tellsOfEachEndpointEveryTenSeconds() throws Exception {
        batch.of(() -> CompletableFuture.completedFuture(known));
        known = List.of(WELL, EJECTED);
        pass(EndpointBatch.EVERY_NANOS - 1);
        assertThat(sent).isEmpty();
        pass(1);

        List<Metric> metrics = metrics();
        assertThat(metrics)
                .extracting(Metric::getName)
                .containsExactly(
                        "tracery.proxy.endpoint.cost",
                        "tracery.proxy.endpoint.in_flight",
                        "tracery.proxy.endpoint.omitted");
        List<NumberDataPoint> costs = metrics.getFirst().getGauge().getDataPointsList();
        assertThat(costs).extracting(NumberDataPoint::getAsDouble).containsExactly(1.5, 0.0125);
        assertThat(SpanEncoderTest.attributes(costs.getFirst().getAttributesList()))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "service.peer.namespace", "shop",
                        "service.peer.name", "cart",
                        "tracery.peer.version", "v2",
                        "tracery.cluster", "outbound/cart.shop/80",
                        "network.peer.address", "fd00::7",
                        "network.peer.port", 8080L,
                        "tracery.ejected", "consecutive_5xx"));
        assertThat(SpanEncoderTest.attributes(costs.getLast().getAttributesList()))
                .doesNotContainKey("tracery.ejected");
        assertThat(metrics.get(1).getGauge().getDataPointsList())
                .extracting(NumberDataPoint::getAsInt)
                .containsExactly(0L, 3L);
        assertThat(omitted()).isZero();
        pass(EndpointBatch.EVERY_NANOS);
        assertThat(sent).hasSize(2);
    }

    @Test
    void tellsOfTheMostTellingAndHowManyItOmits() throws Exception {
        known = new ArrayList<>(IntStream.range(0, 100)
                .mapToObj(i -> new BalancedEndpoint("c", "shop/cart", "", "10.0.0.7:" + i, i / 1000.0, i % 2, null))
                .toList());
        known.add(EJECTED);
        batch.of(() -> CompletableFuture.completedFuture(known));
        pass(EndpointBatch.EVERY_NANOS);

        List<NumberDataPoint> costs = metrics().getFirst().getGauge().getDataPointsList();
        assertThat(costs).hasSize(EndpointBatch.MOST);
        assertThat(costs).extracting(NumberDataPoint::getAsDouble).startsWith(1.5, 0.099, 0.097);
        assertThat(omitted()).isEqualTo(101 - EndpointBatch.MOST);
    }

    @Test
    void saysOnceThatThereIsNone() throws Exception {
        batch.of(() -> CompletableFuture.completedFuture(known));
        pass(EndpointBatch.EVERY_NANOS);
        assertThat(sent).as("nothing to tell from the start").isEmpty();
        known = List.of(WELL);
        pass(EndpointBatch.EVERY_NANOS);
        known = List.of();
        pass(EndpointBatch.EVERY_NANOS);
        pass(EndpointBatch.EVERY_NANOS);

        assertThat(sent).hasSize(2);
        assertThat(metrics().getFirst().getGauge().getDataPointsList()).isEmpty();
        assertThat(omitted()).isZero();
    }

    @Test
    void doesNotWaitForLoopsAndAsksNobodyTwice() {
        List<CompletableFuture<List<BalancedEndpoint>>> asked = new ArrayList<>();
        batch.of(() -> {
            asked.add(new CompletableFuture<>());
            return asked.getLast();
        });
        pass(EndpointBatch.EVERY_NANOS);
        pass(EndpointBatch.EVERY_NANOS);
        assertThat(asked).hasSize(1);
        assertThat(sent).isEmpty();
        asked.getFirst().complete(List.of(WELL));
        pass(1);
        assertThat(sent).hasSize(1);
        pass(EndpointBatch.EVERY_NANOS);
        asked.getLast().completeExceptionally(new IllegalStateException("a defect"));
        assertThatThrownBy(() -> pass(1)).hasRootCauseMessage("a defect");
        pass(EndpointBatch.EVERY_NANOS);
        assertThat(sent).hasSize(1);
        assertThat(asked).hasSize(3);
    }

    private void pass(long nanos) {
        nowNanos += nanos;
        batch.tick(nowNanos, EPOCH, (value, points) -> sent.add(value));
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
