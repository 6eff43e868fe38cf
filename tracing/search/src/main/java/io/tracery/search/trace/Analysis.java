package io.tracery.search.trace;

import io.tracery.search.store.Kind;
import io.tracery.search.trace.CriticalPath.Section;
import io.tracery.search.trace.TraceView.ViewedSpan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a trace's time went.
 *
 * @param root the place of the span that the critical path belongs to
 * @param path the critical path, in the order of time
 * @param selfNanos of each span, by its place: how long it ran while nothing that it called did
 * @param criticalNanos of each span: how long it was on the critical path
 * @param operations by service, span name and kind, most of the critical path first
 */
public record Analysis(
        int root, List<Section> path, List<Long> selfNanos, List<Long> criticalNanos, List<Share> operations) {

    /** What the spans of one service, name and kind add up to. */
    public record Share(
            String service, String operation, Kind kind, int spans, int errors, long selfNanos, long criticalNanos) {

        private Share plus(Share other) {
            return new Share(
                    service,
                    operation,
                    kind,
                    spans + other.spans,
                    errors + other.errors,
                    selfNanos + other.selfNanos,
                    criticalNanos + other.criticalNanos);
        }
    }

    private record Key(String service, String operation, Kind kind) {}

    public static Analysis of(TraceView trace) {
        CallTree calls = trace.calls();
        int root = calls.root();
        List<Section> path = CriticalPath.of(calls, root);
        long[] self = CriticalPath.selfNanos(calls);
        long[] critical = new long[calls.size()];
        path.forEach(section -> critical[section.span()] += section.nanos());
        return new Analysis(root, path, boxed(self), boxed(critical), operations(trace, self, critical));
    }

    private static List<Long> boxed(long[] numbers) {
        return Arrays.stream(numbers).boxed().toList();
    }

    private static List<Share> operations(TraceView trace, long[] self, long[] critical) {
        Map<Key, Share> shares = new LinkedHashMap<>();
        for (int i = 0; i < self.length; i++) {
            ViewedSpan span = trace.spans().get(i);
            Key key = new Key(
                    span.entry().service(),
                    span.entry().span().getName(),
                    Kind.of(span.entry().span()));
            Share share =
                    new Share(key.service, key.operation, key.kind, 1, span.failed() ? 1 : 0, self[i], critical[i]);
            shares.merge(key, share, Share::plus);
        }
        List<Share> sorted = new ArrayList<>(shares.values());
        sorted.sort(Comparator.comparingLong(Share::criticalNanos)
                .thenComparingLong(Share::selfNanos)
                .reversed());
        return sorted;
    }
}
