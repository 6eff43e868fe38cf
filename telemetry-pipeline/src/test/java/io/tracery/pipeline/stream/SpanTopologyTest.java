package io.tracery.pipeline.stream;

import static io.tracery.pipeline.otlp.Batches.TRACE_A;
import static io.tracery.pipeline.otlp.Batches.TRACE_B;
import static io.tracery.pipeline.otlp.Batches.attribute;
import static io.tracery.pipeline.otlp.Batches.hex;
import static io.tracery.pipeline.otlp.Batches.metrics;
import static io.tracery.pipeline.otlp.Batches.resource;
import static io.tracery.pipeline.otlp.Batches.span;
import static io.tracery.pipeline.otlp.Batches.spans;
import static io.tracery.pipeline.otlp.Batches.sumWithExemplar;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.proto.metrics.v1.MetricsData;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.pipeline.decide.Policies;
import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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

@Timeout(60)
class SpanTopologyTest {

    private static final Instant START = Instant.ofEpochMilli(1_700_000_000_000L);

    /** Only what speaks for itself is kept. */
    private static final Policies STRICT = new Policies(Set.of(), 0.01, 0, /* share= */ 0, 1L << 40);

    private static final String ROOT = "00f067aa0ba902b1";
    private static final String CHILD = "00f067aa0ba902b2";
    private static final String LATE = "00f067aa0ba902b3";

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private Policies policies = Policies.DEFAULT;
    private DecideOnTraces.Bounds bounds = DecideOnTraces.Bounds.usual(10_000);

    @TempDir
    Path stateDir = Path.of("unset");

    private TopologyTestDriver driver;
    private TestInputTopic<String, byte[]> meshSpans;
    private TestInputTopic<String, byte[]> otlpMetrics;
    private TestOutputTopic<String, byte[]> otlpSpans;
    private TestOutputTopic<String, byte[]> dead;

    @BeforeEach
    void start() {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:9092");
        properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
        driver = new TopologyTestDriver(SpanTopology.build(registry, bounds, () -> policies), properties, START);
        meshSpans = driver.createInputTopic("mesh_spans", new StringSerializer(), new ByteArraySerializer());
        otlpMetrics = driver.createInputTopic("otlp_metrics", new StringSerializer(), new ByteArraySerializer());
        otlpSpans = driver.createOutputTopic("otlp_spans", new StringDeserializer(), new ByteArrayDeserializer());
        dead = driver.createOutputTopic("mesh_spans_dead", new StringDeserializer(), new ByteArrayDeserializer());
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    @Test
    void whatIsOfOneTraceComesTogetherWithTheReasonWhyItWasKept() throws InvalidProtocolBufferException {
        meshSpans.pipeInput(
                "sidecar~shop/cart-1", batch(spans("cart", child(TRACE_A, CHILD), child(TRACE_B, CHILD))), START);
        meshSpans.pipeInput("sidecar~shop/front-1", batch(spans("front", span(TRACE_A, ROOT))), START.plusMillis(500));
        assertThat(otlpSpans.isEmpty()).isTrue();

        driver.advanceWallClockTime(Duration.ofSeconds(4));

        List<TestRecord<String, byte[]>> records = otlpSpans.readRecordsToList();
        assertThat(records).extracting(TestRecord::key).containsExactlyInAnyOrder(TRACE_A, TRACE_B);
        TestRecord<String, byte[]> whole = of(records, TRACE_A);
        assertThat(whole.timestamp()).isEqualTo(START.plusMillis(500).toEpochMilli());
        List<ResourceSpans> resources = TracesData.parseFrom(whole.value()).getResourceSpansList();
        assertThat(resources)
                .hasSize(2)
                .allSatisfy(each -> assertThat(each.getResource().getAttributesList())
                        .contains(attribute(Vocabulary.KEEP_REASON, "share")));
        assertThat(dead.isEmpty()).isTrue();
    }

    /** Its root has come, so that nobody waits for the quiet after the last span. */
    @Test
    void aTraceIsDecidedUponWhenNobodysSpansCanBeWaitingAnyMore() {
        meshSpans.pipeInput("p", batch(spans("front", rootThatEnded(START))), START);
        driver.advanceWallClockTime(Topic.SPANS_WAIT.plusMillis(500));
        meshSpans.pipeInput("p", batch(spans("cart", child(TRACE_A, CHILD))));
        assertThat(otlpSpans.isEmpty()).isTrue();
        driver.advanceWallClockTime(Duration.ofMillis(300));
        assertThat(kept()).containsExactly(ROOT, CHILD);
    }

    /** By the clock of whoever sent it, which may be another than the pipeline's. */
    @Test
    void theTimeThatTheRootWaitedToBeSentIsNotWaitedForOnceMore() {
        Instant sent = START.minusSeconds(1);
        meshSpans.pipeInput("p", batch(spans("front", rootThatEnded(sent.minusMillis(1_900)))), sent);
        driver.advanceWallClockTime(Duration.ofMillis(1_100));
        meshSpans.pipeInput("p", batch(spans("cart", child(TRACE_A, CHILD))));
        assertThat(otlpSpans.isEmpty()).isTrue();
        driver.advanceWallClockTime(Duration.ofMillis(300));
        assertThat(kept()).containsExactly(ROOT, CHILD);
    }

    private static Span.Builder rootThatEnded(Instant when) {
        return span(TRACE_A, ROOT).setEndTimeUnixNano(TimeUnit.MILLISECONDS.toNanos(when.toEpochMilli()));
    }

    @Test
    void whatComesLaterFollowsTheDecision() {
        meshSpans.pipeInput("p", batch(spans("front", span(TRACE_A, ROOT))));
        driver.advanceWallClockTime(Duration.ofSeconds(4));
        assertThat(kept()).containsExactly(ROOT);
        meshSpans.pipeInput("p", batch(spans("cart", child(TRACE_A, LATE))));
        assertThat(kept()).containsExactly(LATE);
    }

    @Test
    void whatNothingSpeaksForIsNotKept() {
        policies = STRICT;
        meshSpans.pipeInput("p", batch(spans("front", span(TRACE_A, ROOT))));
        meshSpans.pipeInput("p", batch(spans("front", failed(span(TRACE_B, ROOT)))));
        driver.advanceWallClockTime(Duration.ofSeconds(4));
        assertThat(otlpSpans.readRecordsToList()).extracting(TestRecord::key).containsExactly(TRACE_B);
        assertThat(count("spans", "decide", "passed", "")).isEqualTo(1);
        assertThat(count("spans", "decide", "dropped", "not_kept")).isEqualTo(1);
        assertThat(count("traces", "", "kept", "error")).isEqualTo(1);
        assertThat(count("traces", "", "not_kept", "")).isEqualTo(1);
    }

    /** The decision had been made before anybody could know. */
    @Test
    void aTraceThatFailsLateIsKeptAsAWholeAfterAll() {
        policies = STRICT;
        meshSpans.pipeInput("p", batch(spans("cart", child(TRACE_A, CHILD))));
        driver.advanceWallClockTime(Duration.ofSeconds(30));
        assertThat(otlpSpans.isEmpty()).isTrue();
        meshSpans.pipeInput("p", batch(spans("front", failed(span(TRACE_A, ROOT)))));
        assertThat(kept()).containsExactly(CHILD, ROOT);
        meshSpans.pipeInput("p", batch(spans("cart", child(TRACE_A, LATE))));
        assertThat(kept()).containsExactly(LATE);
        assertThat(count("spans", "decide", "accepted", "")).isEqualTo(3);
        assertThat(count("spans", "decide", "passed", "")).isEqualTo(3);
        assertThat(count("spans", "decide", "dropped", "not_kept")).isEqualTo(1);
        assertThat(registry.get("tracery.pipeline.spans.revived").counter().count())
                .isEqualTo(1);
    }

    @Test
    void aTraceThatAMetricShowsIsKeptWheneverTheMetricComes() {
        policies = STRICT;
        otlpMetrics.pipeInput("shop/cart", exemplar(TRACE_A));
        meshSpans.pipeInput("p", batch(spans("front", span(TRACE_A, ROOT), span(TRACE_B, ROOT))));
        driver.advanceWallClockTime(Duration.ofSeconds(4));
        assertThat(otlpSpans.readRecordsToList()).extracting(TestRecord::key).containsExactly(TRACE_A);

        driver.advanceWallClockTime(Duration.ofMinutes(2));
        otlpMetrics.pipeInput("shop/cart", exemplar(TRACE_B));
        assertThat(otlpSpans.readRecordsToList()).extracting(TestRecord::key).containsExactly(TRACE_B);
        assertThat(count("traces", "", "kept", "exemplar")).isEqualTo(2);
    }

    @Test
    void anExemplarOfATraceThatNeverComesIsForgotten() {
        otlpMetrics.pipeInput("shop/cart", exemplar(TRACE_A));
        assertThat(undecided()).isEqualTo(1);
        driver.advanceWallClockTime(Duration.ofSeconds(61));
        assertThat(undecided()).isZero();
        assertThat(otlpSpans.isEmpty()).isTrue();
        assertThat(registry.get("tracery.pipeline.exemplars.unknown").counter().count())
                .isEqualTo(1);
    }

    @Test
    void aClientMarksItsTrace() {
        policies = STRICT;
        meshSpans.pipeInput("p", batch(spans("front", span(TRACE_A, ROOT).setTraceState("other=keep,tracery=keep"))));
        meshSpans.pipeInput("p", batch(spans("front", span(TRACE_B, ROOT).setTraceState("x=tracery-keep"))));
        driver.advanceWallClockTime(Duration.ofSeconds(4));
        assertThat(otlpSpans.readRecordsToList()).extracting(TestRecord::key).containsExactly(TRACE_A);
        assertThat(count("traces", "", "kept", "marked")).isEqualTo(1);
    }

    @Test
    void aTraceWithoutEndIsDecidedUponWhenItIsLargeAndTheRestFollows() {
        for (int batch = 0; batch < 110; batch++) {
            List<Span.Builder> many = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                many.add(child(TRACE_A, "%016x".formatted(batch * 100 + i + 1)));
            }
            meshSpans.pipeInput("p", batch(spans("loop", many.toArray(Span.Builder[]::new))));
        }
        assertThat(undecided()).isZero();
        assertThat(kept()).hasSize(11_000).doesNotHaveDuplicates();
    }

    /** What is held is bounded in bytes, whatever the number of traces; nobody is decided upon the sooner for it. */
    @Test
    void spansWaitInTheStoreWhenAllTogetherTakeTooMuchRoom() {
        bound(/* bytes= */ 200_000);
        int traces = 200;
        List<String> ids = ids(traces);
        ids.forEach(id -> large(id, CHILD));
        assertThat(spilled()).isGreaterThan(100);
        ids.forEach(id -> large(id, LATE));
        assertThat(undecided()).isEqualTo(traces);
        driver.advanceWallClockTime(Duration.ofSeconds(4));
        assertThat(kept()).hasSize(2 * traces);
        assertThat(count("spans", "decide", "passed", "")).isEqualTo(2 * traces);
        assertThat(count("spans", "decide", "dropped", "forgotten")).isZero();
        assertThat(early()).isZero();
        assertThat(heldBytes()).isZero();
    }

    /** There is nothing more to let go of: the oldest gives way. */
    @Test
    void decidesUponTheOldestWhenThereIsNoRoomForMoreTraces() {
        bound(/* bytes= */ 10_000);
        int traces = 200;
        ids(traces).forEach(id -> large(id, CHILD));
        assertThat(early()).isGreaterThan(100);
        driver.advanceWallClockTime(Duration.ofSeconds(4));
        assertThat(kept()).hasSize(traces);
        assertThat(heldBytes()).isZero();
    }

    private void bound(long bytes) {
        driver.close();
        registry.clear();
        bounds = new DecideOnTraces.Bounds(10_000, 10_000, 100_000, bytes);
        start();
    }

    private static List<String> ids(int count) {
        Random random = new Random(5);
        return IntStream.range(0, count)
                .mapToObj(i -> "%016x%016x".formatted(random.nextLong(), random.nextLong()))
                .toList();
    }

    /** Each of the partitions has a bound of its own. */
    private void large(String trace, String span) {
        meshSpans.pipeInput(
                "p", batch(spans("cart", child(trace, span).addAttributes(attribute("a", "x".repeat(4_000))))));
        assertThat(heldBytes()).isBetween(1.0, 4.0 * bounds.bytes());
    }

    private double heldBytes() {
        return registry.get("tracery.pipeline.undecided.bytes").gauge().value();
    }

    private double early() {
        return registry.get("tracery.pipeline.traces.early").counter().count();
    }

    private double spilled() {
        return registry.get("tracery.pipeline.traces.spilled").counter().count();
    }

    /** Brokers refuse what carries such a time, and then the stream would begin anew for ever. */
    @Test
    void writesNothingWithATimeThatIsAhead() {
        meshSpans.pipeInput(
                "p", batch(spans("cart", span(TRACE_A, ROOT))), Instant.now().plus(Duration.ofDays(2)));
        driver.advanceWallClockTime(Duration.ofSeconds(4));
        assertThat(otlpSpans.readRecord().timestamp()).isLessThanOrEqualTo(System.currentTimeMillis());
    }

    @Test
    void saysOnTheSpanWhatWasWrongWithItAndCountsIt() throws InvalidProtocolBufferException {
        meshSpans.pipeInput("p", batch(spans("cart", span(TRACE_A, ROOT).setParentSpanId(hex(ROOT)))));
        meshSpans.pipeInput(
                "p", batch(spans("cart", span(TRACE_B, ROOT).addAttributes(attribute("a", "x".repeat(100_000))))));
        driver.advanceWallClockTime(Duration.ofSeconds(4));
        List<TestRecord<String, byte[]>> records = otlpSpans.readRecordsToList();
        assertThat(TracesData.parseFrom(of(records, TRACE_A).value()).toString())
                .contains("its own parent");
        assertThat(TracesData.parseFrom(of(records, TRACE_B).value()).toString())
                .contains("was cut by");
        assertThat(registry.get("tracery.pipeline.spans.flawed")
                        .tags("stage", "mesh", "reason", "text_cut")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("tracery.pipeline.spans.flawed")
                        .tags("stage", "mesh", "reason", "own_parent")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    /** Three spans, each the parent of the next: there is no root, and nobody walks the circle. */
    @Test
    void aCircleOfParentsIsDecidedUponWhenNothingMoreComes() {
        meshSpans.pipeInput(
                "p",
                batch(spans(
                        "cart",
                        span(TRACE_A, ROOT).setParentSpanId(hex(CHILD)),
                        span(TRACE_A, CHILD).setParentSpanId(hex(LATE)),
                        span(TRACE_A, LATE).setParentSpanId(hex(ROOT)))));
        driver.advanceWallClockTime(Duration.ofSeconds(4));
        assertThat(kept()).containsExactly(ROOT, CHILD, LATE);
    }

    /** What goes wrong with one id is no reason to forget anything. */
    @Test
    void spansWithTheSameIdAllPass() {
        meshSpans.pipeInput(
                "p",
                batch(spans("cart", span(TRACE_A, ROOT), span(TRACE_A, ROOT).setName("other"))));
        driver.advanceWallClockTime(Duration.ofSeconds(4));
        assertThat(kept()).containsExactly(ROOT, ROOT);
    }

    /** Decided upon early and not kept: what is remembered of it stays small, and every span is accounted for. */
    @Test
    void aTraceOfAMillionSpansDoesNotGrow() {
        policies = STRICT;
        List<Span.Builder> thousand = new ArrayList<>();
        for (int i = 1; i <= 1_000; i++) {
            thousand.add(child(TRACE_A, "%016x".formatted(i)).setName("s"));
        }
        byte[] batch = batch(spans("loop", thousand.toArray(Span.Builder[]::new)));
        for (int i = 0; i < 1_000; i++) {
            meshSpans.pipeInput("p", batch);
        }
        assertThat(undecided()).isZero();
        assertThat(heldBytes()).isZero();
        assertThat(count("spans", "decide", "accepted", "")).isEqualTo(1_000_000);
        assertThat(count("spans", "decide", "dropped", "not_kept")).isEqualTo(1_000_000);
        assertThat(otlpSpans.isEmpty()).isTrue();
    }

    /** Kept after all, of one that is larger than may be in memory, the first of it and what spoke for it. */
    @Test
    void aTraceThatFailsLateIsRevivedAsFarAsThereIsRoom() {
        policies = STRICT;
        bound(/* bytes= */ 50_000);
        for (int i = 0; i < 100; i++) {
            meshSpans.pipeInput(
                    "p",
                    batch(spans(
                            "loop",
                            child(TRACE_A, "%016x".formatted(i + 1))
                                    .addAttributes(attribute("a", "x".repeat(4_000))))));
        }
        meshSpans.pipeInput("p", batch(spans("loop", failed(span(TRACE_A, ROOT)))));
        List<String> kept = kept();
        assertThat(kept).contains(ROOT, "%016x".formatted(1)).hasSizeBetween(6, 10);
        assertThat(count("spans", "decide", "dropped", "not_kept")
                        - registry.get("tracery.pipeline.spans.revived")
                                .counter()
                                .count())
                .isEqualTo(101 - kept.size());
    }

    @Test
    void buriesWhatIsNotABatchWithTheReasonAndGoesOn() {
        byte[] poison = "not protobuf at all".getBytes(StandardCharsets.UTF_8);
        meshSpans.pipeInput("sidecar~shop/cart-1", poison);
        meshSpans.pipeInput("sidecar~shop/cart-1", batch(spans("cart", span(TRACE_A, ROOT))));
        otlpMetrics.pipeInput("shop/cart", poison);
        driver.advanceWallClockTime(Duration.ofSeconds(4));

        TestRecord<String, byte[]> buried = dead.readRecord();
        assertThat(buried.value()).isEqualTo(poison);
        assertThat(buried.key()).isEqualTo("sidecar~shop/cart-1");
        assertThat(header(buried, DeadLetters.REASON)).startsWith("not OTLP TracesData");
        assertThat(header(buried, DeadLetters.ORIGIN)).isEqualTo("mesh_spans/0/0");
        assertThat(dead.isEmpty()).isTrue();
        assertThat(kept()).containsExactly(ROOT);
    }

    @Test
    void accountsForEveryRecordAndEverySpan() {
        meshSpans.pipeInput("p", "poison".getBytes(StandardCharsets.UTF_8));
        meshSpans.pipeInput("p", batch(spans("cart", span(TRACE_A, ROOT))));
        meshSpans.pipeInput(
                "p",
                batch(spans(
                        "cart",
                        span(TRACE_A, "0000000000000000"),
                        span(TRACE_A, CHILD)
                                .addAttributes(attribute("a", "x".repeat(8_000)))
                                .addAttributes(attribute("b", "x".repeat(8_000))),
                        span(TRACE_A, LATE))));

        assertThat(count("records", "mesh", "accepted", "")).isEqualTo(3);
        assertThat(count("records", "mesh", "passed", "")).isEqualTo(2);
        assertThat(count("records", "mesh", "dropped", "malformed")).isEqualTo(1);
        assertThat(count("spans", "mesh", "accepted", "")).isEqualTo(4);
        assertThat(count("spans", "mesh", "passed", "")).isEqualTo(2);
        assertThat(count("spans", "mesh", "dropped", "invalid_id")).isEqualTo(1);
        assertThat(count("spans", "mesh", "dropped", "too_large")).isEqualTo(1);
        assertThat(count("spans", "decide", "accepted", "")).isEqualTo(2);
        assertThat(undecided()).isEqualTo(1);
    }

    private static Span.Builder child(String trace, String id) {
        return span(trace, id).setParentSpanId(hex(ROOT));
    }

    private static Span.Builder failed(Span.Builder span) {
        span.getStatusBuilder().setCode(StatusCode.STATUS_CODE_ERROR);
        return span;
    }

    private static byte[] batch(ResourceSpans... resources) {
        return TracesData.newBuilder()
                .addAllResourceSpans(List.of(resources))
                .build()
                .toByteArray();
    }

    private static byte[] exemplar(String trace) {
        return MetricsData.newBuilder()
                .addResourceMetrics(metrics(resource("service.name", "cart"), sumWithExemplar(trace)))
                .build()
                .toByteArray();
    }

    /** Span ids that came out since it was asked last. */
    private List<String> kept() {
        List<String> ids = new ArrayList<>();
        for (TestRecord<String, byte[]> record : otlpSpans.readRecordsToList()) {
            try {
                TracesData.parseFrom(record.value())
                        .getResourceSpansList()
                        .forEach(resource -> resource.getScopeSpansList()
                                .forEach(scope -> scope.getSpansList()
                                        .forEach(span -> ids.add(java.util.HexFormat.of()
                                                .formatHex(span.getSpanId().toByteArray())))));
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError(e);
            }
        }
        return ids;
    }

    private static TestRecord<String, byte[]> of(List<TestRecord<String, byte[]>> records, String trace) {
        return records.stream()
                .filter(record -> trace.equals(record.key()))
                .findFirst()
                .orElseThrow();
    }

    private static String header(TestRecord<String, byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private double undecided() {
        return registry.get("tracery.pipeline.traces.undecided").gauge().value();
    }

    /** @param stage empty for what has none */
    private double count(String unit, String stage, String outcome, String reason) {
        var search =
                registry.get("tracery.pipeline." + unit).tag("outcome", outcome).tag("reason", reason);
        return (stage.isEmpty() ? search : search.tag("stage", stage)).counter().count();
    }
}
