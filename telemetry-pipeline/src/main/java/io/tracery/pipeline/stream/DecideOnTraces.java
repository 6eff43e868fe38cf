package io.tracery.pipeline.stream;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.pipeline.decide.Facts;
import io.tracery.pipeline.decide.Judge;
import io.tracery.pipeline.decide.Reason;
import io.tracery.pipeline.decide.Verdict;
import io.tracery.pipeline.otlp.KeptTrace;
import io.tracery.pipeline.otlp.TraceReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Collects the pieces of each trace until its root has come and some time has passed, or nothing more comes; then decides,
 * and passes all pieces on together or none. What comes later follows the decision, unless it speaks for a trace that was
 * not kept: then all of it is, if its pieces are still there.
 *
 * <p>What must survive a restart is in stores; which traces are undecided is worked out from those again.
 */
final class DecideOnTraces implements Processor<byte[], byte[], byte[], byte[]> {

    /** Spans of other proxies are this late at most, as a rule: they are sent once or twice a second. */
    private static final long AFTER_ROOT_MILLIS = 2_000;

    /** Of traces whose root is somebody's who sends no spans. */
    private static final long QUIET_MILLIS = 3_000;

    /** Of one of which something comes all the time. */
    private static final Duration MOST_PATIENCE = Duration.ofSeconds(60);

    private static final Duration LOOK_EVERY = Duration.ofMillis(200);

    /** A trace of more is decided upon at once; so is the oldest when there are this many. */
    private static final int MOST_SPANS = 10_000;

    private static final int MOST_UNDECIDED = 100_000;

    private final Judge judge;
    private final Decisions decisions;
    private final int maxRecordBytes;
    private final Map<String, Undecided> undecided = new LinkedHashMap<>();

    private @Nullable ProcessorContext<byte[], byte[]> context;
    private @Nullable TraceStates states;

    /** Makes one for each task, with its stores. */
    record Factory(Supplier<Judge> judges, Decisions decisions, int maxRecordBytes)
            implements ProcessorSupplier<byte[], byte[], byte[], byte[]> {

        @Override
        public Processor<byte[], byte[], byte[], byte[]> get() {
            return new DecideOnTraces(judges.get(), decisions, maxRecordBytes);
        }

        @Override
        public Set<StoreBuilder<?>> stores() {
            return TraceStates.builders();
        }
    }

    private static final class Undecided {
        private final byte[] key;
        private final Facts facts = new Facts();
        private final long sinceMillis;
        private long lastMillis;
        private long rootMillis;
        private long timestamp;

        Undecided(byte[] key, long nowMillis) {
            this.key = key;
            this.sinceMillis = nowMillis;
        }

        boolean due(long nowMillis) {
            if (nowMillis - sinceMillis >= MOST_PATIENCE.toMillis()) {
                return true;
            }
            // A mark may come long before the first span.
            return facts.spans() > 0
                    && (nowMillis - lastMillis >= QUIET_MILLIS
                            || (facts.hasRoot() && nowMillis - rootMillis >= AFTER_ROOT_MILLIS));
        }
    }

    private DecideOnTraces(Judge judge, Decisions decisions, int maxRecordBytes) {
        this.judge = judge;
        this.decisions = decisions;
        this.maxRecordBytes = maxRecordBytes;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
        TraceStates found = TraceStates.of(context);
        this.states = found;
        long now = context.currentSystemTimeMs();
        found.recent(MOST_PATIENCE, now, (key, piece) -> {
            if (found.verdict(key.key(), now) == null) {
                long came = key.window().start();
                take(new Record<>(key.key(), piece, came), came);
            }
        });
        context.schedule(LOOK_EVERY, PunctuationType.WALL_CLOCK_TIME, this::look);
    }

    @Override
    public void process(Record<byte[], byte[]> piece) {
        long now = context().currentSystemTimeMs();
        byte[] key = piece.key();
        Verdict verdict = undecided.containsKey(id(key)) ? null : states().verdict(key, now);
        if (verdict == null) {
            states().add(key, piece.value(), now);
            Undecided trace = take(piece, now);
            if (trace.facts.spans() > MOST_SPANS) {
                decideEarly(trace, now);
            } else if (undecided.size() > MOST_UNDECIDED) {
                decideEarly(undecided.values().iterator().next(), now);
            }
        } else if (verdict.kept()) {
            decisions.accepted(pass(key, verdict, List.of(piece.value()), piece.timestamp()));
        } else {
            reconsider(piece, verdict, now);
        }
    }

    private Undecided take(Record<byte[], byte[]> piece, long nowMillis) {
        Undecided trace = undecided.computeIfAbsent(id(piece.key()), id -> {
            decisions.open(1);
            return new Undecided(piece.key(), nowMillis);
        });
        boolean hadRoot = trace.facts.hasRoot();
        decisions.accepted(read(piece.value(), trace.facts));
        trace.timestamp = Math.max(trace.timestamp, piece.timestamp());
        trace.lastMillis = nowMillis;
        if (!hadRoot && trace.facts.hasRoot()) {
            trace.rootMillis = nowMillis;
        }
        return trace;
    }

    private void decideEarly(Undecided trace, long now) {
        undecided.remove(id(trace.key));
        decide(trace, now);
    }

    private void look(long now) {
        List<Undecided> due = new ArrayList<>();
        undecided.values().removeIf(trace -> {
            boolean isDue = trace.due(now);
            if (isDue) {
                due.add(trace);
            }
            return isDue;
        });
        due.forEach(trace -> decide(trace, now));
    }

    private void decide(Undecided trace, long now) {
        decisions.open(-1);
        if (trace.facts.spans() == 0) {
            decisions.unknownMark();
            return;
        }
        Verdict verdict = judge.judge(trace.facts, chance(id(trace.key)), now);
        states().decide(trace.key, verdict, now);
        decisions.decided(verdict);
        if (trace.facts.hasRoot()) {
            decisions.latency(TimeUnit.MILLISECONDS.toNanos(now) - trace.facts.rootEndNanos());
        }
        if (verdict.kept()) {
            pass(trace.key, verdict, states().pieces(trace.key, now), trace.timestamp);
        } else {
            decisions.dropped(verdict, trace.facts.spans());
        }
    }

    /** More of a trace that was not kept. */
    private void reconsider(Record<byte[], byte[]> piece, Verdict before, long now) {
        states().add(piece.key(), piece.value(), now);
        Facts facts = new Facts();
        int late = read(piece.value(), facts);
        decisions.accepted(late);
        Verdict verdict = judge.reconsider(facts, now);
        if (verdict.kept()) {
            states().decide(piece.key(), verdict, now);
            decisions.decided(verdict);
            int all = pass(piece.key(), verdict, states().pieces(piece.key(), now), piece.timestamp());
            decisions.revived(all - late);
        } else {
            decisions.dropped(before, late);
        }
    }

    /** How many spans there were. */
    private int pass(byte[] key, Verdict verdict, List<byte[]> pieces, long timestamp) {
        Reason reason = Objects.requireNonNull(verdict.reason());
        KeptTrace trace = new KeptTrace(reason.label(), maxRecordBytes);
        int spans = 0;
        for (byte[] piece : pieces) {
            spans += trace.add(parsed(piece), piece.length);
        }
        for (byte[] record : trace.records()) {
            context().forward(new Record<>(key, record, timestamp, new RecordHeaders()));
        }
        decisions.passed(spans);
        return spans;
    }

    /** How many spans it holds. */
    private static int read(byte[] piece, Facts facts) {
        if (piece.length == 0) {
            facts.exemplar();
            return 0;
        }
        return TraceReader.read(parsed(piece), piece.length, facts);
    }

    private static TracesData parsed(byte[] piece) {
        try {
            return TracesData.parseFrom(piece);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a piece of a trace that this stream wrote itself cannot be read", e);
        }
    }

    private static String id(byte[] key) {
        return new String(key, StandardCharsets.US_ASCII);
    }

    /** The last 8 bytes of the id: the same for everyone who decides about the trace. */
    private static long chance(String id) {
        return Long.parseUnsignedLong(id, id.length() - 16, id.length(), 16);
    }

    private ProcessorContext<byte[], byte[]> context() {
        return Objects.requireNonNull(context);
    }

    private TraceStates states() {
        return Objects.requireNonNull(states);
    }
}
