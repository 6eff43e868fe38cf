package io.tracery.pipeline.stream;

import io.tracery.pipeline.decide.Facts;
import io.tracery.pipeline.otlp.Piece;
import io.tracery.pipeline.otlp.TraceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A trace of which something came and more may come. Confined to one task. */
final class Undecided {

    /** Spans of other proxies are this late at most, as a rule: they are sent once or twice a second. */
    private static final long AFTER_ROOT_MILLIS = 2_000;

    /** Of traces whose root is somebody's who sends no spans. */
    private static final long QUIET_MILLIS = 3_000;

    /** Of one of which something comes all the time. */
    static final Duration MOST_PATIENCE = Duration.ofSeconds(60);

    /** What it costs beside its pieces, about. */
    static final int OVERHEAD = 512;

    final TraceId id;
    final Facts facts = new Facts();
    final List<Piece> pieces = new ArrayList<>();
    final List<Batch> batches = new ArrayList<>();
    private final long sinceMillis;
    private long lastMillis;
    private long rootMillis;
    private long timestamp;
    private long lag;

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
        lastMillis = nowMillis;
        if (facts.hasRoot() && rootMillis == 0) {
            rootMillis = nowMillis;
        }
    }

    /** The latest of the records with which it came. */
    long timestamp() {
        return timestamp;
    }

    /** @param mostLag how far behind the partition is read that is furthest behind */
    boolean due(long nowMillis, long mostLag) {
        if (nowMillis - sinceMillis >= MOST_PATIENCE.toMillis()) {
            return true;
        }
        long patience = Backlog.patience(mostLag, lag);
        // A mark may come long before the first span.
        return facts.spans() > 0
                && (nowMillis - lastMillis >= QUIET_MILLIS + patience
                        || (facts.hasRoot() && nowMillis - rootMillis >= AFTER_ROOT_MILLIS + patience));
    }
}
