package io.tracery.pipeline.stream;

import io.tracery.pipeline.otlp.Piece;
import io.tracery.pipeline.otlp.TraceId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The traces of which something came and more may come, and what of them is in memory. Confined to one task. */
final class Waiting {

    /** How long nobody looks at a trace: none is due sooner, and while one waits for a backlog, the backlog may shrink. */
    private static final long REST_MILLIS = 1_000;

    private final Decisions decisions;
    private final Agenda agenda;
    private final Map<TraceId, Undecided> traces = new LinkedHashMap<>();
    private final Map<TraceId, Undecided> inMemory = new LinkedHashMap<>();
    private long bytes;

    Waiting(Decisions decisions, long nowMillis) {
        this.decisions = decisions;
        this.agenda = new Agenda(nowMillis);
    }

    boolean has(TraceId id) {
        return traces.containsKey(id);
    }

    int count() {
        return traces.size();
    }

    /** What they take in memory, about. */
    long bytes() {
        return bytes;
    }

    Undecided eldest() {
        return traces.values().iterator().next();
    }

    /** The trace, from now on if it is new. */
    Undecided of(TraceId id, long nowMillis) {
        Undecided known = traces.get(id);
        if (known != null) {
            return known;
        }
        Undecided trace = new Undecided(id, nowMillis);
        traces.put(id, trace);
        inMemory.put(id, trace);
        agenda.add(trace, nowMillis + REST_MILLIS);
        decisions.open(1);
        return trace;
    }

    /** Counts what came of a trace; holds it in memory where all of the trace is. */
    void came(Undecided trace, List<Piece> pieces) {
        hold(trace.grown());
        if (inMemory.containsKey(trace.id)) {
            for (Piece piece : pieces) {
                trace.pieces.add(piece);
                hold(piece.hold());
            }
        }
    }

    /** Lets go of the spans of the oldest, until no more than that is held: they are in the store, too. */
    void spill(long mostBytes) {
        while (bytes > mostBytes && !inMemory.isEmpty()) {
            Undecided oldest = inMemory.values().iterator().next();
            inMemory.remove(oldest.id);
            release(oldest);
            oldest.spilled();
            decisions.spilled();
        }
    }

    /** Ends the wait for a trace. What it holds stays its own. */
    void end(Undecided trace) {
        traces.remove(trace.id);
        inMemory.remove(trace.id);
        release(trace);
        hold(-trace.memory());
        trace.decided();
        decisions.open(-1);
    }

    private void release(Undecided trace) {
        trace.pieces.forEach(piece -> hold(-piece.release()));
    }

    private void hold(long more) {
        bytes += more;
        decisions.held(more);
    }

    /**
     * Those for which nobody waits any longer.
     *
     * @param mostLag how far behind the partition is read that is furthest behind
     */
    List<Undecided> due(long nowMillis, long mostLag) {
        List<Undecided> due = new ArrayList<>();
        for (Undecided trace : agenda.due(nowMillis)) {
            long at = trace.due(mostLag);
            if (trace.isDecided()) {
                continue;
            }
            if (at <= nowMillis) {
                due.add(trace);
            } else {
                agenda.add(trace, Math.min(at, nowMillis + REST_MILLIS));
            }
        }
        return due;
    }

    /** The partition is another instance's. */
    void close() {
        decisions.open(-traces.size());
        decisions.held(-bytes);
    }
}
