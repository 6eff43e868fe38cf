package io.tracery.pipeline.stream;

import static io.tracery.pipeline.otlp.Batches.TRACE_A;
import static io.tracery.pipeline.otlp.Batches.TRACE_B;
import static io.tracery.pipeline.otlp.Batches.span;
import static io.tracery.pipeline.otlp.Batches.spans;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.pipeline.otlp.Batches;
import io.tracery.pipeline.otlp.SpanSplitter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class MeshSpansTopologyTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @TempDir
    java.nio.file.Path stateDir = java.nio.file.Path.of("unset");

    private TopologyTestDriver driver;
    private TestInputTopic<String, byte[]> meshSpans;
    private TestOutputTopic<String, byte[]> otlpSpans;
    private TestOutputTopic<String, byte[]> dead;

    @BeforeEach
    void start() {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:9092");
        properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
        driver = new TopologyTestDriver(MeshSpansTopology.build(registry, 10_000), properties);
        meshSpans = driver.createInputTopic("mesh_spans", new StringSerializer(), new ByteArraySerializer());
        otlpSpans = driver.createOutputTopic("otlp_spans", new StringDeserializer(), new ByteArrayDeserializer());
        dead = driver.createOutputTopic("mesh_spans_dead", new StringDeserializer(), new ByteArrayDeserializer());
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    @Test
    void splitsAProxysBatchByTraceAndSaysThatEverythingWasKept() throws InvalidProtocolBufferException {
        meshSpans.pipeInput(
                "sidecar~shop/cart-1",
                TracesData.newBuilder()
                        .addResourceSpans(spans(
                                "cart",
                                span(TRACE_A, "00f067aa0ba902b1"),
                                span(TRACE_B, "00f067aa0ba902b2"),
                                span(TRACE_A, "00f067aa0ba902b3")))
                        .build()
                        .toByteArray(),
                Instant.ofEpochMilli(1_700_000_000_000L));

        List<TestRecord<String, byte[]>> records = otlpSpans.readRecordsToList();
        assertThat(records).extracting(TestRecord::key).containsExactly(TRACE_A, TRACE_B);
        assertThat(records).extracting(TestRecord::timestamp).containsOnly(1_700_000_000_000L);
        TracesData first = TracesData.parseFrom(records.getFirst().value());
        assertThat(first.getResourceSpans(0).getScopeSpans(0).getSpansCount()).isEqualTo(2);
        assertThat(first.getResourceSpans(0).getResource().getAttributesList())
                .contains(Batches.attribute(SpanSplitter.KEEP_REASON, "all"));
        assertThat(dead.isEmpty()).isTrue();
    }

    @Test
    void buriesWhatIsNotABatchWithTheReasonAndGoesOn() {
        byte[] poison = "not protobuf at all".getBytes(StandardCharsets.UTF_8);
        meshSpans.pipeInput("sidecar~shop/cart-1", poison);
        meshSpans.pipeInput("sidecar~shop/cart-1", batch());

        TestRecord<String, byte[]> buried = dead.readRecord();
        assertThat(buried.value()).isEqualTo(poison);
        assertThat(buried.key()).isEqualTo("sidecar~shop/cart-1");
        assertThat(header(buried, DeadLetters.REASON)).startsWith("not OTLP TracesData");
        assertThat(header(buried, DeadLetters.ORIGIN)).isEqualTo("mesh_spans/0/0");
        assertThat(otlpSpans.readRecordsToList()).hasSize(1);
    }

    @Test
    void accountsForEveryRecordAndEverySpan() {
        meshSpans.pipeInput("p", "poison".getBytes(StandardCharsets.UTF_8));
        meshSpans.pipeInput("p", batch());
        meshSpans.pipeInput(
                "p",
                TracesData.newBuilder()
                        .addResourceSpans(spans(
                                "cart",
                                span(TRACE_A, "0000000000000000"),
                                span(TRACE_A, "00f067aa0ba902b2").setName("x".repeat(20_000)),
                                span(TRACE_A, "00f067aa0ba902b3")))
                        .build()
                        .toByteArray());

        assertThat(count("records", "accepted", "")).isEqualTo(3);
        assertThat(count("records", "passed", "")).isEqualTo(2);
        assertThat(count("records", "dropped", "malformed")).isEqualTo(1);
        assertThat(count("spans", "accepted", "")).isEqualTo(4);
        assertThat(count("spans", "passed", "")).isEqualTo(2);
        assertThat(count("spans", "dropped", "invalid_id")).isEqualTo(1);
        assertThat(count("spans", "dropped", "too_large")).isEqualTo(1);
        assertThat(otlpSpans.readRecordsToList()).hasSize(2);
    }

    private static byte[] batch() {
        return TracesData.newBuilder()
                .addResourceSpans(spans("cart", span(TRACE_A, "00f067aa0ba902b1")))
                .build()
                .toByteArray();
    }

    private static String header(TestRecord<String, byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private double count(String unit, String outcome, String reason) {
        return registry.get("tracery.pipeline." + unit)
                .tags("stage", "mesh", "outcome", outcome, "reason", reason)
                .counter()
                .count();
    }
}
