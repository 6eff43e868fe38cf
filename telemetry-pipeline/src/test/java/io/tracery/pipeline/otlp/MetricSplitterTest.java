package io.tracery.pipeline.otlp;

import static io.tracery.pipeline.otlp.Batches.metrics;
import static io.tracery.pipeline.otlp.Batches.resource;
import static io.tracery.pipeline.otlp.Batches.sum;
import static io.tracery.pipeline.otlp.Batches.sumWithExemplar;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.metrics.v1.Metric;
import io.tracery.pipeline.account.DropReason;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MetricSplitterTest {

    private final MetricSplitter splitter = new MetricSplitter(10_000);

    @Test
    void keysEachResourceByItsWorkload() {
        List<Chunk> chunks = splitter.split(List.of(
                metrics(resource("service.name", "cart", "service.namespace", "shop"), sum("a", 2)),
                metrics(resource("service.name", "front", "k8s.namespace.name", "web"), sum("b", 1)),
                metrics(resource("service.name", "lonely"), sum("c", 1)),
                metrics(resource(), sum("d", 1))));

        assertThat(chunks)
                .extracting(Chunk::key)
                .containsExactly("shop/cart", "web/front", "default/lonely", "default/unknown_service");
        assertThat(splitter.total()).isEqualTo(5);
        assertThat(splitter.drops().total()).isZero();
    }

    @Test
    void splitsAResourceThatOutgrowsARecordAndLosesNothing() {
        Metric.Builder[] many =
                IntStream.range(0, 300).mapToObj(i -> sum("metric." + i, 10)).toArray(Metric.Builder[]::new);

        List<Chunk> chunks = splitter.split(List.of(metrics(resource("service.name", "cart"), many)));

        assertThat(chunks).hasSizeGreaterThan(1);
        assertThat(chunks)
                .allSatisfy(
                        chunk -> assertThat(chunk.data().getSerializedSize()).isLessThanOrEqualTo(10_000));
        assertThat(chunks.stream().mapToInt(Chunk::count).sum()).isEqualTo(3_000);
    }

    @Test
    void dropsWhatIsTooLargeAndWhatWouldBlockAStockConsumer() {
        List<Chunk> chunks = splitter.split(List.of(metrics(
                resource("service.name", "cart"),
                sum("huge".repeat(5_000), 3),
                sumWithExemplar("0af765"),
                sumWithExemplar(Batches.TRACE_A))));

        assertThat(chunks).hasSize(1);
        assertThat(chunks.getFirst().count()).isEqualTo(1);
        assertThat(splitter.total()).isEqualTo(5);
        assertThat(splitter.drops().counts())
                .containsEntry(DropReason.TOO_LARGE, 3L)
                .containsEntry(DropReason.INVALID_ID, 1L);
    }
}
