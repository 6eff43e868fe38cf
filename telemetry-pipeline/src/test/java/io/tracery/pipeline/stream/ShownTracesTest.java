package io.tracery.pipeline.stream;

import static io.tracery.pipeline.otlp.Batches.TRACE_A;
import static io.tracery.pipeline.otlp.Batches.TRACE_B;
import static io.tracery.pipeline.otlp.Batches.attribute;
import static io.tracery.pipeline.otlp.Batches.span;
import static io.tracery.pipeline.otlp.Batches.spans;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.pipeline.decide.Judge;
import io.tracery.pipeline.decide.Policies;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Traces that a metric shows as its example, where the budget has no room for what comes late. */
@Timeout(60)
class ShownTracesTest {

    private static final long START = 1_700_000_000_000L;
    private static final String ROOT = "00f067aa0ba902b1";
    private static final String LATE = "00f067aa0ba902b3";
    private static final String LATER = "00f067aa0ba902b4";
    private static final DecideOnTraces.Bounds BOUNDS = new DecideOnTraces.Bounds(1 << 20, 10_000, 100_000, 1 << 20);

    /** A kilobyte a second is so little that every span here takes it for a while. */
    private static final Policies NARROW = new Policies(Set.of(), 0.01, 0, /* share= */ 1, /* bytesPerSecond= */ 1_000);

    private static final int BYTES = 20_000;

    @TempDir
    Path stateDir = Path.of("unset");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private MockProcessorContext<byte[], byte[]> context;
    private DecideOnTraces.Factory factory;
    private Processor<byte[], byte[], byte[], byte[]> deciding;

    @BeforeEach
    void start() {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:9092");
        context = new MockProcessorContext<>(properties, new TaskId(0, 0), stateDir.toFile());
        context.setCurrentSystemTimeMs(START);
        factory = new DecideOnTraces.Factory(() -> new Judge(() -> NARROW), new Decisions(registry), BOUNDS);
        for (StoreBuilder<?> builder : factory.stores()) {
            StateStore store = builder.withLoggingDisabled().build();
            store.init(context.getStateStoreContext(), store);
            context.addStateStore(store);
        }
        begin();
    }

    private void begin() {
        deciding = factory.get();
        deciding.init(context);
    }

    @AfterEach
    void stop() {
        deciding.close();
    }

    @Test
    void whatComesLateIsKeptHoweverLittleRoomThereIs() {
        mark(TRACE_A);
        come(TRACE_A, ROOT);
        decide();
        come(TRACE_A, LATE);
        come(TRACE_A, LATER);
        assertThat(kept()).containsExactly(ROOT, LATE, LATER);
        assertThat(count("dropped", "over_budget")).isZero();
    }

    @Test
    void whatWasLeftOutForWantOfRoomIsKeptOnceAMetricShowsTheTrace() {
        come(TRACE_A, ROOT);
        decide();
        come(TRACE_A, LATE);
        assertThat(kept()).containsExactly(ROOT);
        assertThat(count("dropped", "over_budget")).isEqualTo(1);

        mark(TRACE_A);
        assertThat(kept()).containsExactly(ROOT, LATE);
        come(TRACE_A, LATER);
        mark(TRACE_A);
        assertThat(kept()).containsExactly(ROOT, LATE, LATER);
        assertThat(count("accepted", "")).isEqualTo(3);
        assertThat(count("passed", "")).isEqualTo(3);
        assertThat(registry.get("tracery.pipeline.spans.revived").counter().count())
                .isEqualTo(1);
    }

    @Test
    void aRestartForgetsNeitherWhatIsShownNorWhatWasLeftOut() {
        mark(TRACE_A);
        come(TRACE_A, ROOT);
        decide();
        come(TRACE_B, ROOT);
        pass(Duration.ofSeconds(30));
        decide();
        come(TRACE_B, LATE);
        assertThat(kept()).containsExactly(ROOT, ROOT);

        deciding.close();
        begin();
        String other = TRACE_A.replace('0', '1');
        come(other, ROOT);
        decide();
        come(TRACE_A, LATE);
        mark(TRACE_B);
        assertThat(kept()).containsExactly(ROOT, ROOT, ROOT, LATE, LATE);
    }

    private void come(String trace, String id) {
        Span.Builder span = span(trace, id).addAttributes(attribute("a", "x".repeat(BYTES)));
        process(TracesData.newBuilder()
                .addResourceSpans(spans("cart", span))
                .build()
                .toByteArray());
    }

    private void mark(String trace) {
        process(HexFormat.of().parseHex("00" + trace));
    }

    private void process(byte[] value) {
        deciding.process(new Record<>(Partitions.key(0, Partitions.NO_SOURCE), value, context.currentSystemTimeMs()));
    }

    private void decide() {
        pass(Duration.ofSeconds(4));
        context.scheduledPunctuators().getLast().getPunctuator().punctuate(context.currentSystemTimeMs());
    }

    private void pass(Duration time) {
        context.setCurrentSystemTimeMs(context.currentSystemTimeMs() + time.toMillis());
    }

    /** Span ids that came out. */
    private List<String> kept() {
        List<String> ids = new ArrayList<>();
        for (var forward : context.forwarded()) {
            try {
                TracesData.parseFrom(forward.record().value())
                        .getResourceSpansList()
                        .forEach(resource -> resource.getScopeSpansList()
                                .forEach(scope -> scope.getSpansList()
                                        .forEach(span -> ids.add(HexFormat.of()
                                                .formatHex(span.getSpanId().toByteArray())))));
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError(e);
            }
        }
        return ids;
    }

    private double count(String outcome, String reason) {
        return registry.get("tracery.pipeline.spans")
                .tag("stage", "decide")
                .tag("outcome", outcome)
                .tag("reason", reason)
                .counter()
                .count();
    }
}
