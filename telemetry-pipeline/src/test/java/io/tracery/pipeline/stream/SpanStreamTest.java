package io.tracery.pipeline.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.junit.jupiter.api.Test;

class SpanStreamTest {

    private record Measured(MetricName metricName, Object metricValue) implements Metric {}

    @Test
    void itsLagIsThatOfMeshSpansAndOfNothingElseThatItReads() {
        assertThat(SpanStream.lag(Map.of(
                        name("records-lag", "mesh_spans", "0"), measured(3),
                        name("records-lag", "mesh_spans", "1"), measured(4),
                        name("records-lag", "mesh_spans", "2"), measured(Double.NaN),
                        name("records-lag-max", "mesh_spans", "0"), measured(50),
                        name("records-lag", "otlp_metrics", "0"), measured(600),
                        name("records-lag", "tracery-pipeline-batches-repartition", "0"), measured(7_000))))
                .isEqualTo(7);
    }

    private static MetricName name(String name, String topic, String partition) {
        return new MetricName(
                name, "consumer-fetch-manager-metrics", "", Map.of("topic", topic, "partition", partition));
    }

    private static Metric measured(double value) {
        return new Measured(new MetricName("any", "", "", Map.of()), value);
    }
}
