package io.tracery.topology.history;

import io.tracery.topology.graph.EdgeKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sums windows to longer ones once they are complete, some edges at each call. A longer window is written as the sum of what is
 * stored, so that doing it twice does no harm, and until where it was done is stored after it. Written by the stream's thread.
 */
final class RollUp {

    /** Windows that are opened, and edges that are summed, in one slice. */
    private static final Map<Step, Integer> EDGES_PER_SLICE = Map.of(Step.MINUTE, 500, Step.HOUR, 100);

    private static final int SLICES = 8;

    private final WindowStore store;
    private final WindowSizes sizes;

    /** Per step: windows that end at or before this are summed; 0 before the first. */
    private final EnumMap<Step, Long> complete = new EnumMap<>(Step.class);

    /** Per step: the last edge of the window after that which is summed already. */
    private final EnumMap<Step, String> resume = new EnumMap<>(Step.class);

    RollUp(WindowStore store, WindowSizes sizes) {
        this.store = store;
        this.sizes = sizes;
        for (Step step : List.of(Step.MINUTE, Step.HOUR)) {
            byte[] known = store.get(WindowKey.complete(step));
            complete.put(step, known == null ? 0L : ByteBuffer.wrap(known).getLong());
            resume.put(step, "");
        }
    }

    /** Until when windows of a length may be read. Any thread. */
    synchronized long completeUntil(Step step) {
        return complete.getOrDefault(step, 0L);
    }

    /** That there is a window: the first one says where summing begins. */
    synchronized void begin(long time) {
        for (Step step : List.of(Step.MINUTE, Step.HOUR)) {
            if (completeUntil(step) == 0) {
                complete.put(step, step.floor(time));
            }
        }
    }

    /** Whether the longer window that holds a time has taken up an edge already. */
    synchronized boolean passed(Step step, long time, String edge) {
        long begin = step.floor(time);
        long done = completeUntil(step);
        return begin < done || (begin == done && edge.compareTo(resume.getOrDefault(step, "")) <= 0);
    }

    /** @param settled all windows of ten seconds that end at or before this are stored */
    void advance(long settled) {
        int left = SLICES;
        for (Step step : List.of(Step.MINUTE, Step.HOUR)) {
            long limit = step == Step.MINUTE ? settled : Math.min(settled, completeUntil(Step.MINUTE));
            while (left > 0 && completeUntil(step) != 0 && completeUntil(step) + step.millis() <= limit) {
                slice(step, completeUntil(step));
                left--;
            }
        }
    }

    private void slice(Step step, long begin) {
        int most = EDGES_PER_SLICE.getOrDefault(step, 1);
        String after = resume.getOrDefault(step, "");
        List<NavigableMap<String, byte[]>> parts = new ArrayList<>();
        String bound = null;
        Step finer = step.finer();
        for (long time = begin; time < begin + step.millis(); time += finer.millis()) {
            TreeMap<String, byte[]> part = new TreeMap<>();
            store.visit(WindowKey.edge(finer, time, after), WindowKey.window(finer, time + 1), (key, value) -> {
                String id = WindowKey.name(key);
                if (!id.equals(after)) {
                    part.put(id, value);
                }
                return part.size() < most;
            });
            if (part.size() == most && (bound == null || part.lastKey().compareTo(bound) < 0)) {
                bound = part.lastKey();
            }
            parts.add(part);
        }
        sum(step, begin, parts, bound);
        synchronized (this) {
            if (bound == null) {
                complete.put(step, begin + step.millis());
                resume.put(step, "");
            } else {
                resume.put(step, bound);
            }
        }
        if (bound == null) {
            store.put(
                    WindowKey.complete(step),
                    ByteBuffer.allocate(Long.BYTES)
                            .putLong(begin + step.millis())
                            .array());
        }
    }

    private void sum(Step step, long begin, List<NavigableMap<String, byte[]>> parts, @Nullable String bound) {
        TreeMap<String, EdgeWindow> sums = new TreeMap<>();
        for (NavigableMap<String, byte[]> part : parts) {
            Map<String, byte[]> within = bound == null ? part : part.headMap(bound, true);
            within.forEach((id, bytes) -> {
                EdgeKey edge = EdgeKey.parse(id);
                sums.computeIfAbsent(id, any -> new EdgeWindow(edge)).add(EdgeWindowCodec.read(edge, bytes));
            });
        }
        sums.forEach((id, sum) -> {
            byte[] key = WindowKey.edge(step, begin, id);
            byte[] value = EdgeWindowCodec.write(sum);
            byte[] before = store.get(key);
            store.put(key, value);
            sizes.grew(
                    step,
                    begin,
                    before == null ? 1 : 0,
                    before == null ? key.length + value.length : value.length - before.length);
        });
    }
}
