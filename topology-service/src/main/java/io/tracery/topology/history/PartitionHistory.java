package io.tracery.topology.history;

import io.tracery.topology.graph.EdgeKey;
import io.tracery.topology.graph.Increment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * What one partition's proxies counted, in windows. The newest are in memory, and go to the store some seconds after they end; from there
 * they are summed to longer ones, and the oldest are deleted. Written by the stream's thread, a slice at each tick, so that
 * data never waits long for it; read by any thread.
 */
public final class PartitionHistory implements WindowSource {

    /** Reports of a window's end may still be under way for this long. */
    static final long LATE_MILLIS = 5_000;

    private static final int LEAST_FLUSHED = 1_000;
    private static final int TICKS_PER_FLUSH = 5;
    private static final int DELETED_AT_ONCE = 4_000;

    /** Kept whatever the bound on bytes says: enough for the live pages. */
    private static final long LEAST_KEPT_STEPS = 60;

    private final WindowStore store;
    private final HistorySettings settings;
    private final ToLongFunction<EdgeKey> inFlight;
    private final OpenWindows open = new OpenWindows();
    private final WindowSizes sizes;
    private final RollUp rollUp;
    private final WindowReader reader;
    /** The newest time that was heard of, and whether that was since the last tick. */
    private long now;

    private boolean heard;

    /**
     * @param settings with this partition's share of the bytes
     * @param inFlight how many exchanges of an edge have begun and not ended
     */
    public PartitionHistory(WindowStore store, HistorySettings settings, ToLongFunction<EdgeKey> inFlight) {
        this.store = store;
        this.settings = settings;
        this.inFlight = inFlight;
        this.sizes = new WindowSizes(store);
        this.rollUp = new RollUp(store, sizes);
        this.reader = new WindowReader(store, rollUp::completeUntil);
    }

    /** Counts what happened; of what did not change, only that exchanges are still open. */
    public synchronized void add(Increment increment) {
        if (increment.amount() > 0 || inFlight.applyAsLong(increment.labels().edge()) > 0) {
            now = Math.max(now, increment.toMillis());
            heard = true;
            open.add(increment, now - settings.keepMillis(Step.TEN_SECONDS));
        }
    }

    /** Once a second. */
    public void tick(long millis) {
        int most = Math.max(LEAST_FLUSHED, open.edges() / TICKS_PER_FLUSH);
        long settled = heardUntil(millis) - LATE_MILLIS;
        boolean flushed = flush(settled - Step.TEN_SECONDS.millis(), most);
        if (flushed) {
            rollUp.advance(settled);
        }
        expire(millis);
        sizes.save();
    }

    /** While the stream catches up, windows end as its data goes on, or each would be stored many times over. */
    private synchronized long heardUntil(long millis) {
        boolean goesOn = heard;
        heard = false;
        return goesOn ? Math.min(millis, now) : millis;
    }

    /** Stores all that is still in memory: the process ends, or the partition goes elsewhere. */
    public void close() {
        flush(Long.MAX_VALUE, Integer.MAX_VALUE);
        sizes.save();
    }

    /** True when nothing is left in memory of the windows up to a time. */
    private boolean flush(long upTo, int most) {
        for (int i = 0; i < most; i++) {
            synchronized (this) {
                if (open.isEmpty() || open.oldest() > upTo) {
                    return true;
                }
                flushOne();
            }
        }
        return false;
    }

    /** One lock for taking it from memory and storing it, so that no reader sees it twice or not at all. */
    private void flushOne() {
        long begin = open.oldest();
        EdgeWindow news = open.takeFirst();
        news.describe("", "", news.lastSeen(), inFlight.applyAsLong(news.edge()));
        rollUp.begin(begin);
        addTo(Step.TEN_SECONDS, begin, news);
        for (Step step : List.of(Step.MINUTE, Step.HOUR)) {
            // Rare: word of a time whose longer windows were summed already. They take it up one by one.
            if (rollUp.passed(step, begin, news.edge().id())) {
                addTo(step, step.floor(begin), news);
            }
        }
    }

    private void addTo(Step step, long begin, EdgeWindow news) {
        String id = news.edge().id();
        byte[] key = WindowKey.edge(step, begin, id);
        byte[] before = store.get(key);
        EdgeWindow sum = news;
        if (before != null) {
            sum = EdgeWindowCodec.read(news.edge(), before);
            sum.add(news);
        }
        byte[] value = EdgeWindowCodec.write(sum);
        store.put(key, value);
        sizes.grew(
                step,
                begin,
                before == null ? 1 : 0,
                before == null ? key.length + value.length : value.length - before.length);
    }

    private void expire(long millis) {
        long excess = sizes.bytes() - settings.mostBytes();
        int left = DELETED_AT_ONCE;
        for (Step step : Step.values()) {
            long cut = step.floor(millis - settings.keepMillis(step));
            excess -= sizes.bytesBefore(step, cut);
            if (excess > 0) {
                long further = sizes.cut(
                        step,
                        excess + sizes.bytesBefore(step, cut),
                        step.floor(millis - LEAST_KEPT_STEPS * step.millis()));
                excess -= further > cut ? sizes.bytesBefore(step, further) - sizes.bytesBefore(step, cut) : 0;
                cut = Math.max(cut, further);
            }
            left -= delete(step, cut, left);
        }
    }

    private int delete(Step step, long cut, int most) {
        Map<Step, HistoryStats.OfStep> now = sizes.stats();
        HistoryStats.OfStep size = now.get(step);
        if (size == null || size.entries() == 0 || size.from() >= cut) {
            return 0;
        }
        int deleted = delete(WindowKey.window(step, size.from()), WindowKey.window(step, cut), most);
        if (deleted < most) {
            sizes.drop(step, cut);
        }
        return deleted;
    }

    private int delete(byte[] from, byte[] to, int most) {
        List<byte[]> keys = new ArrayList<>();
        if (most > 0) {
            store.visit(from, to, (key, value) -> {
                keys.add(key);
                return keys.size() < most;
            });
        }
        keys.forEach(store::delete);
        return keys.size();
    }

    @Override
    public void read(Reading reading, Sink sink) {
        reader.read(reading, this::visitNewest, sink);
    }

    /** True when a window may lie in memory, whole or in part; it was visited then, both parts under one lock. */
    private boolean visitNewest(long begin, EdgeFilter filter, WindowReader.Visitor visitor) {
        synchronized (this) {
            if (open.isEmpty() || begin < open.oldest()) {
                return false;
            }
            reader.visitStored(Step.TEN_SECONDS, begin, filter, visitor);
            for (EdgeWindow window : open.at(begin)) {
                String id = window.edge().id();
                if (filter.matches(id)) {
                    visitor.visit(id, window);
                }
            }
            return true;
        }
    }

    /** How much is stored. Any thread. */
    public Map<Step, HistoryStats.OfStep> stats() {
        return sizes.stats();
    }
}
