package io.tracery.pipeline.stream;

import static io.tracery.pipeline.otlp.Batches.TRACE_A;
import static io.tracery.pipeline.otlp.Batches.TRACE_B;
import static io.tracery.pipeline.otlp.Batches.attribute;
import static io.tracery.pipeline.otlp.Batches.hex;
import static io.tracery.pipeline.otlp.Batches.span;
import static io.tracery.pipeline.otlp.Batches.spans;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.pipeline.decide.Judge;
import io.tracery.pipeline.decide.Policies;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.stream.IntStream;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that stands still while spans of undecided traces wait in the store, which keeps them for four minutes. */
@Timeout(60)
class ForgottenSpansTest {

    private static final long START = 1_700_000_000_000L;
    private static final int FIRST = 6;
    private static final int SECOND = 2;

    private static final int OTHERS = 8;
    private static final String TRACE_C = "0af7651916cd43dd8448eb211c80319e";
    private static final String TRACE_D = "0af7651916cd43dd8448eb211c80319f";

    /** There is room for two of the traces and a little, so that the oldest of three waits in the store. */
    private static final DecideOnTraces.Bounds BOUNDS = new DecideOnTraces.Bounds(1 << 20, 10_000, 100_000, 23_500);

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
        factory = new DecideOnTraces.Factory(() -> new Judge(() -> Policies.DEFAULT), new Decisions(registry), BOUNDS);
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
    void countsExactlyTheSpansOfKeptTracesThatTheStoreHasForgotten() {
        threeOfWhichTheFirstIsInTheStoreOnly();
        pass(TraceStates.BATCHES_STAY);
        come(TRACE_A, SECOND);
        // The store forgets in pieces of two minutes.
        pass(Duration.ofMinutes(3));
        allIsDecided();

        assertThat(count("dropped", "forgotten")).isEqualTo(FIRST);
        assertThat(count("passed", "")).isEqualTo(SECOND + 2 * OTHERS + 1);
        assertThat(count("accepted", "")).isEqualTo(FIRST + SECOND + 2 * OTHERS + 1);
    }

    @Test
    void forgetsNothingThatTheStoreStillHas() {
        threeOfWhichTheFirstIsInTheStoreOnly();
        come(TRACE_A, SECOND);
        pass(TraceStates.BATCHES_STAY.minusSeconds(1));
        allIsDecided();

        assertThat(count("dropped", "forgotten")).isZero();
        assertThat(count("passed", "")).isEqualTo(FIRST + SECOND + 2 * OTHERS + 1);
    }

    /** As after an outage of Kafka: stores are as they were, and nobody could decide meanwhile. */
    @ParameterizedTest
    @ValueSource(ints = {0, 2, 60})
    void decidesUponWhatWasUndecidedWhenNobodyWasThereForMinutes(int minutes) {
        come(TRACE_A, FIRST);
        pass(Duration.ofSeconds(4));
        look();
        come(TRACE_B, SECOND);
        pass(Duration.ofSeconds(1));
        deciding.close();
        pass(Duration.ofMinutes(minutes));
        begin();
        assertThat(undecided()).isEqualTo(1);
        look();
        assertThat(count("passed", "")).isEqualTo(FIRST);
        pass(Duration.ofSeconds(4));
        look();
        assertThat(count("passed", "")).isEqualTo(FIRST + SECOND);
        assertThat(undecided()).isZero();
    }

    private void threeOfWhichTheFirstIsInTheStoreOnly() {
        come(TRACE_A, FIRST);
        come(TRACE_C, OTHERS);
        come(TRACE_D, OTHERS);
        assertThat(spilled()).isEqualTo(1);
    }

    /** Another trace comes, by which the store knows what time it is, and after that somebody looks. */
    private void allIsDecided() {
        come(TRACE_B, 1);
        assertThat(spilled()).isEqualTo(1);
        look();
        pass(Duration.ofSeconds(4));
        look();
        assertThat(undecided()).isZero();
        assertThat(registry.get("tracery.pipeline.traces.early").counter().count())
                .isZero();
    }

    /** Spans that are kept because they failed, of a kilobyte each. */
    private void come(String trace, int count) {
        Span.Builder[] all = IntStream.range(0, count)
                .mapToObj(i -> failed(span(trace, "%016x".formatted(context.currentSystemTimeMs() + i))))
                .toArray(Span.Builder[]::new);
        byte[] batch = TracesData.newBuilder()
                .addAllResourceSpans(List.of(spans("cart", all)))
                .build()
                .toByteArray();
        deciding.process(new Record<>(Partitions.key(0, Partitions.NO_SOURCE), batch, context.currentSystemTimeMs()));
    }

    private static Span.Builder failed(Span.Builder span) {
        span.setParentSpanId(hex("00f067aa0ba902b1")).addAttributes(attribute("a", "x".repeat(1_000)));
        span.getStatusBuilder().setCode(StatusCode.STATUS_CODE_ERROR);
        return span;
    }

    /** Time goes by; nobody looks at what is due before {@link #look}. */
    private void pass(Duration time) {
        context.setCurrentSystemTimeMs(context.currentSystemTimeMs() + time.toMillis());
    }

    private void look() {
        context.scheduledPunctuators().getLast().getPunctuator().punctuate(context.currentSystemTimeMs());
    }

    private double undecided() {
        return registry.get("tracery.pipeline.traces.undecided").gauge().value();
    }

    private double spilled() {
        return registry.get("tracery.pipeline.traces.spilled").counter().count();
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
