package io.tracery.pipeline.stream;

import static io.tracery.pipeline.otlp.Batches.span;
import static io.tracery.pipeline.otlp.Batches.spans;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.pipeline.decide.Policies;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DecisionsTest {

    private static final Instant START = Instant.ofEpochMilli(1_700_000_000_000L);
    private static final Duration LATER = Duration.ofSeconds(10);

    @TempDir
    Path stateDir = Path.of("unset");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    /** Of four roots one ended when it may have; the others have no end, a wrong clock, or come from the future. */
    @Test
    void measuresFromEndsThatCanBeTrueOnly() {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:9092");
        properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
        DecideOnTraces.Bounds bounds = DecideOnTraces.Bounds.usual(10_000);
        try (TopologyTestDriver driver = new TopologyTestDriver(
                SpanTopology.build(registry, bounds, () -> Policies.DEFAULT), properties, START)) {
            TestInputTopic<String, byte[]> meshSpans =
                    driver.createInputTopic("mesh_spans", new StringSerializer(), new ByteArraySerializer());
            long ended = TimeUnit.MILLISECONDS.toNanos(START.toEpochMilli());
            long[] ends = {ended, 0, 1, -1, ended + Duration.ofMinutes(10).toNanos()};
            for (int i = 0; i < ends.length; i++) {
                meshSpans.pipeInput("p", root("0af7651916cd43dd8448eb211c80319" + i, ends[i]), START);
            }
            driver.advanceWallClockTime(LATER);
        }
        Timer decision = registry.get("tracery.pipeline.decision").timer();
        assertThat(decision.count()).isEqualTo(1);
        assertThat(decision.totalTime(TimeUnit.MILLISECONDS)).isEqualTo((double) LATER.toMillis());
    }

    private static byte[] root(String trace, long endNanos) {
        return TracesData.newBuilder()
                .addResourceSpans(spans("front", span(trace, "00f067aa0ba902b1").setEndTimeUnixNano(endNanos)))
                .build()
                .toByteArray();
    }
}
