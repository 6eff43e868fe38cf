package io.tracery.pipeline.stream;

import io.tracery.pipeline.decide.Facts;
import io.tracery.pipeline.otlp.Piece;
import io.tracery.pipeline.otlp.TraceId;
import io.tracery.tracing.topic.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A trace of which something came and more may come. Confined to one task. */
final class Undecided {

    private static final long SPANS_WAIT_MILLIS = Topic.SPANS_WAIT.toMillis();

    /** After the root's end spans of other proxies are this late at most, as a rule: they wait to be sent, and take their way. */
    private static final long AFTER_ROOT_MILLIS = SPANS_WAIT_MILLIS + 600;

    /** Of traces whose root is somebody's who sends no spans. */
    private static final long QUIET_MILLIS = SPANS_WAIT_MILLIS + 1_000;

    /** Of one of which something comes all the time. */
    static final Duration MOST_PATIENCE = Duration.ofSeconds(60);

    /** What it costs beside its pieces, about; and each batch in which something of it came. */
    private static final int OVERHEAD = 512;

    private static final int BATCH_OVERHEAD = 40;

    final TraceId id;
    final Facts facts = new Facts();
    /** All of them, unless it was {@link #spilled}. */
    final List<Piece> pieces = new ArrayList<>();

    final List<Batch> batches = new ArrayList<>();
    private final long sinceMillis;
    private long lastMillis;
    /** About when the root ended, by this process's clock; 0 before it came. */
    private long rootMillis;

    private long timestamp;
    private long lag;
    private int memory;
    private boolean spilled;
    private boolean decided;

    Undecided(TraceId id, long nowMillis) {
        this.id = id;
        this.sinceMillis = nowMillis;
    }

    /**
     * @param timestampMillis of the record with which it came
     * @param lagMillis how far behind its partition is read
     */
    void came(Batch batch, long timestampMillis, long lagMillis, long nowMillis) {
        batches.add(batch);
        lag = lagMillis;
        timestamp = Math.max(timestamp, timestampMillis);
        lastMillis = Math.max(lastMillis, nowMillis);
        if (facts.hasRoot() && rootMillis == 0) {
            rootMillis = nowMillis - waited(timestampMillis);
        }
    }

    /** How long the root waited to be sent, by the clock of whoever sent it: all that others could wait meanwhile, they have. */
    private long waited(long timestampMillis) {
        long sinceEnd = timestampMillis - TimeUnit.NANOSECONDS.toMillis(facts.rootEndNanos());
        return Math.clamp(sinceEnd, 0, SPANS_WAIT_MILLIS);
    }

    /** The latest of the records with which it came. */
    long timestamp() {
        return timestamp;
    }

    /**
     * When nobody waits for more of it any longer, if nothing more comes.
     *
     * @param mostLag how far behind the partition is read that is furthest behind
     */
    long due(long mostLag) {
        long last = sinceMillis + MOST_PATIENCE.toMillis();
        if (facts.spans() == 0) {
            // A mark may come long before the first span.
            return last;
        }
        long quiet = lastMillis + QUIET_MILLIS;
        long due = facts.hasRoot() ? Math.min(quiet, rootMillis + AFTER_ROOT_MILLIS) : quiet;
        return Math.min(last, due + Backlog.patience(mostLag, lag));
    }

    /** What it takes beside its pieces, as it was when it was last asked how much it has grown. */
    int memory() {
        return memory;
    }

    /** By how much it takes more than when this was asked before. */
    int grown() {
        int before = memory;
        memory = OVERHEAD + facts.memory() + BATCH_OVERHEAD * batches.size();
        return memory - before;
    }

    /** Lets go of its pieces: they have to be read from their batches. */
    void spilled() {
        spilled = true;
        pieces.clear();
    }

    boolean isSpilled() {
        return spilled;
    }

    void decided() {
        decided = true;
    }

    boolean isDecided() {
        return decided;
    }
}
