package io.tracery.pipeline.stream;

import static io.tracery.pipeline.otlp.Batches.spans;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.pipeline.decide.Policies;
import io.tracery.pipeline.otlp.Batches;
import io.tracery.tracing.Vocabulary;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Properties;
import java.util.Random;
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

/** What protobuf reads without complaint and nobody writes: a stream that fails at it would fail at the same record for ever. */
@Timeout(60)
class UnusualBatchesTest {

    /** Each field of a span and of what is in it, and more than there are. */
    private static final int MOST_FIELD = 20;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @TempDir
    Path stateDir = Path.of("unset");

    private TopologyTestDriver driver;
    private TestInputTopic<String, byte[]> meshSpans;
    private TestOutputTopic<String, byte[]> otlpSpans;
    private TestOutputTopic<String, byte[]> dead;
    private int taken;

    @BeforeEach
    void start() {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:9092");
        properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
        driver = new TopologyTestDriver(
                SpanTopology.build(registry, DecideOnTraces.Bounds.usual(10_000), () -> Policies.DEFAULT),
                properties,
                Instant.ofEpochMilli(1_700_000_000_000L));
        meshSpans = driver.createInputTopic("mesh_spans", new StringSerializer(), new ByteArraySerializer());
        otlpSpans = driver.createOutputTopic("otlp_spans", new StringDeserializer(), new ByteArrayDeserializer());
        dead = driver.createOutputTopic("mesh_spans_dead", new StringDeserializer(), new ByteArrayDeserializer());
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    @Test
    void anAttributeOfNothing() throws Exception {
        take(span().addAttributes(KeyValue.getDefaultInstance()));
        take(span().addAttributes(KeyValue.newBuilder().setKey(Vocabulary.FATE)));
        allPass();
    }

    /** Protobuf keeps a field of another type than it should have as one that it does not know. */
    @Test
    void fieldsOfAnotherType() throws Exception {
        for (int number = 1; number <= MOST_FIELD; number++) {
            for (Field field : fields()) {
                take(span().setUnknownFields(unknown(number, field)));
            }
        }
        allPass();
    }

    @Test
    void fieldsOfAnotherTypeAnywhere() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            Span.Builder span = span();
            span.addAttributes(KeyValue.newBuilder()
                    .setKey(random.nextBoolean() ? Vocabulary.ATTEMPTS : Vocabulary.PEER_NAME)
                    .setValue(strange(AnyValue.newBuilder(), random)));
            span.addAttributes(strange(KeyValue.newBuilder(), random));
            strange(span.getStatusBuilder(), random);
            strange(span.addEventsBuilder(), random);
            Resource.Builder resource = Resource.newBuilder().addAttributes(strange(KeyValue.newBuilder(), random));
            ScopeSpans.Builder scope = strange(ScopeSpans.newBuilder(), random).addSpans(strange(span, random));
            strange(scope.getScopeBuilder(), random);
            ResourceSpans batch = strange(ResourceSpans.newBuilder(), random)
                    .setResource(strange(resource, random))
                    .addScopeSpans(scope)
                    .build();
            assertThatCode(() -> take(batch)).as("seed %d: %s", seed, batch).doesNotThrowAnyException();
        }
        allPass();
    }

    /** A producer would not send all of it; packed, it is small enough for the topic that it comes from. */
    @Test
    void aRecordOfManyMegabytesThatIsNoBatch() {
        meshSpans.pipeInput("p".repeat(3 << 20), new byte[4 << 20]);
        TestRecord<String, byte[]> buried = dead.readRecord();
        assertThat(buried.key()).isEqualTo("p".repeat(1_000_000));
        assertThat(buried.value()).isEqualTo(new byte[1_000_000]);
        assertThat(buried.headers().lastHeader(DeadLetters.ORIGIN).value())
                .asString()
                .isEqualTo("mesh_spans/0/0");
    }

    /** Of a trace of its own. */
    private Span.Builder span() {
        taken++;
        return Batches.span("0af7651916cd43dd%016x".formatted(taken), "00f067aa0ba902b1");
    }

    private void take(Span.Builder span) {
        take(spans("cart", span));
    }

    private void take(ResourceSpans batch) {
        meshSpans.pipeInput(
                "p", TracesData.newBuilder().addResourceSpans(batch).build().toByteArray());
    }

    private static <B extends Message.Builder> B strange(B builder, Random random) {
        Field[] fields = fields();
        builder.setUnknownFields(unknown(1 + random.nextInt(MOST_FIELD), fields[random.nextInt(fields.length)]));
        return builder;
    }

    /** Of every type, with contents that are easily taken for something else. */
    private static Field[] fields() {
        return new Field[] {
            Field.newBuilder().addVarint(-1).build(),
            Field.newBuilder().addFixed64(-1).build(),
            Field.newBuilder().addFixed32(-1).build(),
            Field.newBuilder()
                    .addLengthDelimited(ByteString.copyFrom(new byte[] {-1, -1, -1}))
                    .build(),
            Field.newBuilder()
                    .addGroup(unknown(7, Field.newBuilder().addVarint(1).build()))
                    .build(),
        };
    }

    private static UnknownFieldSet unknown(int number, Field field) {
        return UnknownFieldSet.newBuilder().addField(number, field).build();
    }

    /** But for what is left out for a reason. */
    private void allPass() throws Exception {
        driver.advanceWallClockTime(Duration.ofSeconds(4));
        int spans = 0;
        for (byte[] record : otlpSpans.readValuesToList()) {
            for (ResourceSpans resource : TracesData.parseFrom(record).getResourceSpansList()) {
                for (ScopeSpans scope : resource.getScopeSpansList()) {
                    spans += scope.getSpansCount();
                }
            }
        }
        assertThat(spans + leftOut()).isEqualTo(taken);
    }

    /** Where the strange field is one that is known, and its content is none. */
    private double leftOut() {
        return count("spans", "invalid_id") + count("records", "malformed");
    }

    private double count(String unit, String reason) {
        return registry.get("tracery.pipeline." + unit)
                .tags("stage", "mesh", "outcome", "dropped", "reason", reason)
                .counter()
                .count();
    }
}
