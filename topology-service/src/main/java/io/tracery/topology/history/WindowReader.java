package io.tracery.topology.history;

import io.tracery.topology.graph.EdgeKey;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Adds windows up to the stretches that are asked for, of the longest windows that fit and are complete. Any thread. */
final class WindowReader {

    /** Takes an edge of a window; not to be changed by who takes it. */
    interface Visitor {
        void visit(String id, EdgeWindow window);
    }

    /** The windows that are not all in the store. */
    interface Newest {
        boolean visit(long begin, EdgeFilter filter, Visitor visitor);
    }

    private final WindowStore store;
    private final ToLongFunction<Step> completeUntil;

    WindowReader(WindowStore store, ToLongFunction<Step> completeUntil) {
        this.store = store;
        this.completeUntil = completeUntil;
    }

    void read(WindowSource.Reading reading, Newest newest, WindowSource.Sink sink) {
        for (long begin = reading.from(); begin < reading.to(); begin += reading.stretch()) {
            long end = Math.min(reading.to(), begin + reading.stretch());
            Map<String, EdgeWindow> sums = new HashMap<>();
            for (long time = begin; time < end; ) {
                Step step = longest(time, end);
                Visitor visitor = (id, window) -> sums.computeIfAbsent(id, any -> new EdgeWindow(window.edge()))
                        .add(window);
                if (step != Step.TEN_SECONDS || !newest.visit(time, reading.filter(), visitor)) {
                    visitStored(step, time, reading.filter(), visitor);
                }
                time += step.millis();
            }
            long at = begin;
            sums.values().forEach(sum -> sink.window(at, sum));
        }
    }

    private Step longest(long time, long end) {
        for (Step step = Step.HOUR; step != Step.TEN_SECONDS; step = step.finer()) {
            if (step.floor(time) == time
                    && time + step.millis() <= end
                    && time + step.millis() <= completeUntil.applyAsLong(step)) {
                return step;
            }
        }
        return Step.TEN_SECONDS;
    }

    void visitStored(Step step, long begin, EdgeFilter filter, Visitor visitor) {
        if (filter.kind() == EdgeFilter.Kind.IDS) {
            for (String id : filter.values()) {
                byte[] value = store.get(WindowKey.edge(step, begin, id));
                if (value != null) {
                    visitor.visit(id, EdgeWindowCodec.read(EdgeKey.parse(id), value));
                }
            }
            return;
        }
        store.visit(WindowKey.window(step, begin), WindowKey.window(step, begin + 1), (key, value) -> {
            String id = new String(key, WindowKey.HEAD, key.length - WindowKey.HEAD, StandardCharsets.UTF_8);
            if (filter.matches(id)) {
                visitor.visit(id, EdgeWindowCodec.read(EdgeKey.parse(id), value));
            }
            return true;
        });
    }
}
