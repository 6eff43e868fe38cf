package io.tracery.search.trace;

import io.tracery.search.trace.TraceView.ViewedSpan;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * Which span the end of a trace waited for, at every moment. By CRISP's rule (Zhang et al., USENIX ATC 2022): from a span's end
 * backwards, the child that returned last is on the path, before it the child that returned last before that one began, and so
 * on; in between, and where there is no child, it is the span itself. What a child does outside of its parent's time does not
 * count. Sections are in the order of time and add up to the root's duration.
 */
public final class CriticalPath {

    private CriticalPath() {}

    /**
     * A stretch of time that one span is on the path.
     *
     * @param span its place in the trace
     * @param start Unix nanoseconds
     */
    public record Section(int span, long start, long end) {

        public long nanos() {
            return end - start;
        }
    }

    /** A child, as much of it as lies within its parent. */
    private record Child(int span, long start, long end) {}

    /** A span that is being walked through backwards. */
    private static final class Walk {
        private final int span;
        private final long start;
        private final List<Child> children;
        // From where on everything is told; which child comes next.
        private long told;
        private int next;

        Walk(CallTree calls, Child of) {
            this.span = of.span;
            this.start = of.start;
            this.told = of.end;
            this.children = within(calls, of);
        }
    }

    /** @param root where the path begins and ends */
    public static List<Section> of(CallTree calls, int root) {
        List<Section> sections = new ArrayList<>();
        Deque<Walk> walks = new ArrayDeque<>();
        ViewedSpan first = calls.span(root);
        walks.push(new Walk(calls, new Child(root, first.start(), first.end())));
        while (!walks.isEmpty()) {
            Walk walk = walks.element();
            if (walk.next == walk.children.size()) {
                add(sections, walk.span, walk.start, walk.told);
                walks.pop();
                continue;
            }
            Child child = walk.children.get(walk.next++);
            if (child.end <= walk.told) {
                add(sections, walk.span, child.end, walk.told);
                walk.told = child.start;
                walks.push(new Walk(calls, child));
            }
        }
        Collections.reverse(sections);
        return sections;
    }

    private static void add(List<Section> sections, int span, long start, long end) {
        if (start < end) {
            sections.add(new Section(span, start, end));
        }
    }

    /** The children of a span that ran within it, who returned last first. */
    private static List<Child> within(CallTree calls, Child parent) {
        List<Child> children = new ArrayList<>();
        for (int place : calls.children(parent.span)) {
            ViewedSpan span = calls.span(place);
            long start = Math.max(parent.start, span.start());
            long end = Math.min(parent.end, span.end());
            if (start < end) {
                children.add(new Child(place, start, end));
            }
        }
        children.sort(Comparator.comparingLong(Child::end).reversed().thenComparingLong(Child::start));
        return children;
    }

    /** How long each span ran while none of the spans that it called did. */
    public static long[] selfNanos(CallTree calls) {
        long[] self = new long[calls.size()];
        for (int i = 0; i < self.length; i++) {
            ViewedSpan span = calls.span(i);
            long covered = 0;
            long until = span.start();
            // By start, as children are: the union of their times, one after the other.
            for (int place : calls.children(i)) {
                ViewedSpan child = calls.span(place);
                long start = Math.max(until, child.start());
                long end = Math.min(span.end(), child.end());
                if (start < end) {
                    covered += end - start;
                    until = end;
                }
            }
            self[i] = span.end() - span.start() - covered;
        }
        return self;
    }
}
