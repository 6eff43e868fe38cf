package io.tracery.search.trace;

import io.tracery.search.store.Kind;
import io.tracery.search.trace.TraceView.ViewedSpan;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Two traces laid over each other: calls that have the same place in both (the same services, span names and kinds on the way
 * down from the root) are one node, however many there were.
 */
public final class Comparison {

    /** A duration differs when it does by more than this share of the longer one, and by more than a millisecond. */
    private static final double NOTABLE_SHARE = 0.2;

    private static final long NOTABLE_NANOS = 1_000_000;

    private Comparison() {}

    /** What became of a call from the first trace to the second. */
    public enum Change {
        CAME,
        LEFT,
        CHANGED,
        SAME
    }

    /** What a node's spans of one trace add up to. */
    public record Side(int spans, int errors, long nanos, long selfNanos, long criticalNanos) {}

    /**
     * One place in the two trees.
     *
     * @param parent index of the node above, -1 for none
     * @param a null where the first trace has nothing here; b likewise
     */
    public record Node(
            String service,
            String operation,
            Kind kind,
            int parent,
            int depth,
            @Nullable Side a,
            @Nullable Side b) {

        public Change change() {
            if (a == null) {
                return Change.CAME;
            }
            if (b == null) {
                return Change.LEFT;
            }
            long apart = Math.abs(a.nanos - b.nanos);
            boolean slower = apart > NOTABLE_NANOS && apart > NOTABLE_SHARE * Math.max(a.nanos, b.nanos);
            return slower || a.spans != b.spans || a.errors != b.errors ? Change.CHANGED : Change.SAME;
        }
    }

    private record Call(String service, String operation, Kind kind) {

        static Call of(ViewedSpan span) {
            return new Call(
                    span.entry().service(),
                    span.entry().span().getName(),
                    Kind.of(span.entry().span()));
        }
    }

    /** Spans of both traces at one place. */
    private record Group(Call call, int parent, int depth, List<Integer> a, List<Integer> b) {}

    /** One of the two traces. */
    private record Measured(CallTree calls, List<Long> self, List<Long> critical) {

        static Measured of(TraceView trace) {
            Analysis analysis = Analysis.of(trace);
            return new Measured(trace.calls(), analysis.selfNanos(), analysis.criticalNanos());
        }

        private @Nullable Side side(List<Integer> places) {
            if (places.isEmpty()) {
                return null;
            }
            int errors = 0;
            long nanos = 0;
            long selfNanos = 0;
            long criticalNanos = 0;
            for (int place : places) {
                ViewedSpan span = calls.span(place);
                errors += span.failed() ? 1 : 0;
                nanos += span.end() - span.start();
                selfNanos += self.get(place);
                criticalNanos += critical.get(place);
            }
            return new Side(places.size(), errors, nanos, selfNanos, criticalNanos);
        }
    }

    /** Every node, each above those below it, in the order in which the first trace, then the second, began them. */
    public static List<Node> of(TraceView first, TraceView second) {
        Measured a = Measured.of(first);
        Measured b = Measured.of(second);
        List<Node> nodes = new ArrayList<>();
        Deque<Group> ahead = new ArrayDeque<>();
        pushReversed(ahead, groups(a.calls, b.calls, a.calls.roots(), b.calls.roots(), -1, 0));
        while (!ahead.isEmpty()) {
            Group group = ahead.pop();
            Call call = group.call;
            nodes.add(new Node(
                    call.service,
                    call.operation,
                    call.kind,
                    group.parent,
                    group.depth,
                    a.side(group.a),
                    b.side(group.b)));
            pushReversed(
                    ahead,
                    groups(
                            a.calls,
                            b.calls,
                            below(a.calls, group.a),
                            below(b.calls, group.b),
                            nodes.size() - 1,
                            group.depth + 1));
        }
        return nodes;
    }

    private static List<Integer> below(CallTree calls, List<Integer> places) {
        List<Integer> children = new ArrayList<>();
        for (int place : places) {
            children.addAll(calls.children(place));
        }
        return children;
    }

    private static List<Group> groups(
            CallTree a, CallTree b, List<Integer> ofA, List<Integer> ofB, int parent, int depth) {
        Map<Call, Group> groups = new LinkedHashMap<>();
        for (int place : ofA) {
            group(groups, Call.of(a.span(place)), parent, depth).a.add(place);
        }
        for (int place : ofB) {
            group(groups, Call.of(b.span(place)), parent, depth).b.add(place);
        }
        return new ArrayList<>(groups.values());
    }

    private static Group group(Map<Call, Group> groups, Call call, int parent, int depth) {
        return groups.computeIfAbsent(call, key -> new Group(key, parent, depth, new ArrayList<>(), new ArrayList<>()));
    }

    private static void pushReversed(Deque<Group> ahead, List<Group> groups) {
        groups.reversed().forEach(ahead::push);
    }
}
