package io.tracery.pipeline.stream;

import io.tracery.pipeline.decide.Facts;
import io.tracery.pipeline.decide.Judge;
import io.tracery.pipeline.decide.Verdict;
import io.tracery.pipeline.otlp.KeptTrace;
import io.tracery.pipeline.otlp.Piece;
import io.tracery.pipeline.otlp.TraceId;
import io.tracery.pipeline.stream.TraceStates.Decided;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
 * not kept, or kept by half for want of room: then all of it is, if its pieces are still there.
 *
 * <p>What must survive a restart is in stores; which traces are undecided is worked out from those again.
 */
final class DecideOnTraces implements Processor<byte[], byte[], byte[], byte[]> {

    private static final Duration LOOK_EVERY = Duration.ofMillis(200);

    /** In which the spans of one trace that was not kept are looked for when it is kept after all. */
    private static final int MOST_BATCHES = 1_000;

    private final Judge judge;
    private final Decisions decisions;
    private final Bounds bounds;
    private final Backlog backlog = new Backlog();

    private @Nullable ProcessorContext<byte[], byte[]> context;
    private @Nullable TraceStates states;
    private @Nullable Contents contents;
    private @Nullable Waiting waiting;

    /**
     * What is held at most. Beyond it a trace is decided upon as far as it is known: itself where it is too large, else the
     * oldest.
     *
     * @param recordBytes of one record that is written
     * @param spansOfTrace of one trace that is waited for
     * @param traces that are waited for, in one partition
     * @param bytes that all of them take, in one partition
     */
    record Bounds(int recordBytes, int spansOfTrace, int traces, long bytes) {

        private static final int MOST_SPANS = 10_000;
        private static final int MOST_UNDECIDED = 100_000;
        private static final int SHARE_OF_HEAP = 4;

        /** All partitions of the process together may take a quarter of its heap. */
        static Bounds usual(int recordBytes) {
            long bytes = Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP / Partitions.COUNT;
            return new Bounds(recordBytes, MOST_SPANS, MOST_UNDECIDED, bytes);
        }
    }

    /** Makes one for each task, with its stores. */
    record Factory(Supplier<Judge> judges, Decisions decisions, Bounds bounds)
            implements ProcessorSupplier<byte[], byte[], byte[], byte[]> {

        @Override
        public Processor<byte[], byte[], byte[], byte[]> get() {
            return new DecideOnTraces(judges.get(), decisions, bounds);
        }

        @Override
        public Set<StoreBuilder<?>> stores() {
            return TraceStates.builders();
        }
    }

    /** A batch that came, when its record says it was written, and how far behind its partition is read. */
    private record Arrival(Batch batch, long timestamp, long lagMillis) {}

    private DecideOnTraces(Judge judge, Decisions decisions, Bounds bounds) {
        this.judge = judge;
        this.decisions = decisions;
        this.bounds = bounds;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
        TraceStates found = TraceStates.of(context);
        this.states = found;
        this.contents = new Contents(found);
        long now = context.currentSystemTimeMs();
        this.waiting = new Waiting(decisions, now);
        recall(found, now);
        context.schedule(LOOK_EVERY, PunctuationType.WALL_CLOCK_TIME, this::look);
    }

    /** Takes up again what waits. The time in which nobody was there, minutes after an outage, does not count. */
    private void recall(TraceStates found, long now) {
        long last = found.lastCameMillis();
        long away = now - last;
        found.recent(
                last - Undecided.MOST_PATIENCE.toMillis(),
                (batch, value) -> contents().of(value).forEach((trace, pieces) -> {
                    if (found.decided(trace) == null) {
                        take(trace, pieces, new Arrival(batch, batch.atMillis(), 0), batch.atMillis() + away);
                    }
                }));
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        long now = context().currentSystemTimeMs();
        int source = Partitions.source(record.key());
        long lag = source == Partitions.NO_SOURCE ? 0 : backlog.came(source, record.timestamp(), now);
        Arrival arrival = new Arrival(states().add(record.value(), now), record.timestamp(), lag);
        contents().of(record.value()).forEach((trace, pieces) -> process(trace, pieces, arrival, now));
    }

    private void process(TraceId id, List<Piece> pieces, Arrival arrival, long now) {
        Decided decided = waiting().has(id) ? null : states().decided(id);
        if (decided == null) {
            Undecided trace = take(id, pieces, arrival, now);
            if (trace.facts.spans() > bounds.spansOfTrace || trace.facts.bytes() > mostOfTrace()) {
                decideEarly(trace, now);
            }
            while (waiting().count() > bounds.traces || waiting().bytes() > bounds.bytes) {
                decideEarly(waiting().eldest(), now);
            }
        } else {
            late(id, pieces, new Late(arrival, decided), now);
        }
    }

    private Undecided take(TraceId id, List<Piece> pieces, Arrival arrival, long now) {
        Undecided trace = waiting().of(id, now);
        tell(pieces, trace.facts);
        trace.came(arrival.batch, arrival.timestamp, arrival.lagMillis, now);
        waiting().came(trace, pieces);
        waiting().spill(bounds.bytes);
        decisions.accepted(count(pieces));
        return trace;
    }

    private static void tell(List<Piece> pieces, Facts facts) {
        if (pieces.isEmpty()) {
            facts.exemplar();
        }
        pieces.forEach(piece -> piece.tell(facts));
    }

    private static int count(List<Piece> pieces) {
        int spans = 0;
        for (Piece piece : pieces) {
            spans += piece.count();
        }
        return spans;
    }

    private static long bytes(List<Piece> pieces) {
        return pieces.stream().mapToLong(Piece::bytes).sum();
    }

    private long mostOfTrace() {
        return bounds.bytes / 2;
    }

    private void decideEarly(Undecided trace, long now) {
        decisions.early();
        decide(trace, now);
    }

    private void look(long now) {
        waiting().due(now, backlog.most(now)).forEach(trace -> decide(trace, now));
    }

    private void decide(Undecided trace, long now) {
        waiting().end(trace);
        if (trace.facts.spans() == 0) {
            decisions.unknownMark();
            return;
        }
        // The last 8 bytes of the id: the same chance for everyone who decides about the trace.
        Verdict verdict = judge.judge(trace.facts, trace.id.low(), now);
        states().decide(trace.id, new Decided(verdict, verdict.kept() ? List.of() : trace.batches), now);
        decisions.decided(verdict);
        if (trace.facts.hasRoot()) {
            decisions.latency(TimeUnit.MILLISECONDS.toNanos(now) - trace.facts.rootEndNanos());
        }
        if (verdict.kept()) {
            List<Piece> pieces = trace.isSpilled() ? earlier(trace.id, trace.batches) : trace.pieces;
            decisions.forgotten(trace.facts.spans() - count(pieces));
            pass(trace.id, verdict, pieces, trace.timestamp());
        } else {
            decisions.dropped(verdict, trace.facts.spans());
        }
    }

    /** What came after a decision about its trace. */
    private record Late(Arrival arrival, Decided before) {}

    /** It follows the decision; where it speaks for the trace, so does what was left out of it before. */
    private void late(TraceId id, List<Piece> pieces, Late late, long now) {
        int count = count(pieces);
        decisions.accepted(count);
        Facts facts = new Facts();
        tell(pieces, facts);
        Verdict before = late.before.verdict();
        Verdict verdict = before.kept() ? judge.follow(before, facts, now) : judge.reconsider(facts, now);
        if (!verdict.kept()) {
            remember(id, late, now);
            decisions.dropped(before.kept() ? verdict : before, count);
        } else if (verdict.equals(before)) {
            pass(id, verdict, pieces, late.arrival.timestamp);
        } else {
            List<Piece> all = earlier(id, late.before.batches());
            all.addAll(pieces);
            states().decide(id, new Decided(verdict, List.of()), now);
            if (!before.kept()) {
                decisions.decided(verdict);
            }
            decisions.revived(count(all) - count);
            pass(id, verdict, all, late.arrival.timestamp);
        }
    }

    /** Of a trace that never ends the first batches can be found again, the later ones not. */
    private void remember(TraceId id, Late late, long now) {
        List<Batch> batches = new ArrayList<>(late.before.batches());
        if (batches.size() < MOST_BATCHES) {
            batches.add(late.arrival.batch);
            states().decide(id, new Decided(late.before.verdict(), batches), now);
        }
    }

    /** Of a trace that is larger than one may be in memory, the first of it. */
    private List<Piece> earlier(TraceId id, List<Batch> batches) {
        List<Piece> pieces = new ArrayList<>();
        long bytes = 0;
        for (Batch batch : batches) {
            if (bytes < mostOfTrace()) {
                List<Piece> found = contents().of(id, batch);
                pieces.addAll(found);
                bytes += bytes(found);
            }
        }
        return pieces;
    }

    private void pass(TraceId id, Verdict verdict, List<Piece> pieces, long timestamp) {
        KeptTrace trace = new KeptTrace(Objects.requireNonNull(verdict.reason()).label(), bounds.recordBytes);
        List<Piece> tooLarge =
                pieces.stream().filter(piece -> !trace.add(piece)).toList();
        byte[] key = id.key();
        for (byte[] record : trace.records()) {
            context().forward(new Record<>(key, record, timestamp, new RecordHeaders()));
        }
        decisions.tooLarge(count(tooLarge));
        decisions.passed(count(pieces) - count(tooLarge));
    }

    @Override
    public void close() {
        if (waiting != null && contents != null) {
            waiting.close();
            contents.close();
            waiting = null;
            contents = null;
        }
    }

    private ProcessorContext<byte[], byte[]> context() {
        return Objects.requireNonNull(context);
    }

    private Contents contents() {
        return Objects.requireNonNull(contents);
    }

    private Waiting waiting() {
        return Objects.requireNonNull(waiting);
    }

    private TraceStates states() {
        return Objects.requireNonNull(states);
    }
}
