package io.tracery.search.trace;

import com.google.protobuf.ByteString;
import io.tracery.search.trace.TraceView.ViewedSpan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which span called which, by their places in a list that is sorted by start. A span whose parent is not there is a root; of
 * spans that are each other's ancestors, the earliest is made one.
 */
public final class CallTree {

    private static final int NONE = -1;

    /** How a span came to its place. */
    enum Place {
        CALLED,
        ROOT,
        PARENT_MISSING,
        CYCLE_CUT
    }

    private final List<ViewedSpan> spans;
    private final int[] parents;
    private final Place[] places;
    private final List<List<Integer>> children = new ArrayList<>();
    private final List<Integer> roots = new ArrayList<>();

    private CallTree(List<ViewedSpan> spans, int[] parents, Place[] places) {
        this.spans = spans;
        this.parents = parents;
        this.places = places;
        for (int i = 0; i < parents.length; i++) {
            children.add(new ArrayList<>(2));
        }
        for (int i = 0; i < parents.length; i++) {
            if (parents[i] == NONE) {
                roots.add(i);
            } else {
                children.get(parents[i]).add(i);
            }
        }
    }

    static CallTree of(List<ViewedSpan> spans) {
        Map<ByteString, Integer> byId = new HashMap<>();
        for (int i = 0; i < spans.size(); i++) {
            byId.putIfAbsent(spans.get(i).spanId(), i);
        }
        int[] parents = new int[spans.size()];
        Place[] places = new Place[spans.size()];
        for (int i = 0; i < parents.length; i++) {
            ByteString parentId = spans.get(i).parentId();
            Integer parent = byId.get(parentId);
            if (isAbsent(parentId)) {
                parents[i] = NONE;
                places[i] = Place.ROOT;
            } else {
                parents[i] = parent == null ? NONE : parent;
                places[i] = parent == null ? Place.PARENT_MISSING : Place.CALLED;
            }
        }
        cutCycles(parents, places);
        return new CallTree(spans, parents, places);
    }

    /** Walks up from every span once; who meets their own path goes round in a circle. */
    private static void cutCycles(int[] parents, Place[] places) {
        int[] walks = new int[parents.length];
        Arrays.fill(walks, NONE);
        for (int walk = 0; walk < parents.length; walk++) {
            int at = walk;
            while (at != NONE && walks[at] == NONE) {
                walks[at] = walk;
                at = parents[at];
            }
            if (at != NONE && walks[at] == walk) {
                int earliest = at;
                for (int other = parents[at]; other != at; other = parents[other]) {
                    earliest = Math.min(earliest, other);
                }
                parents[earliest] = NONE;
                places[earliest] = Place.CYCLE_CUT;
            }
        }
    }

    private static boolean isAbsent(ByteString id) {
        for (int i = 0; i < id.size(); i++) {
            if (id.byteAt(i) != 0) {
                return false;
            }
        }
        return true;
    }

    ViewedSpan span(int place) {
        return spans.get(place);
    }

    public int size() {
        return spans.size();
    }

    /** The place of a span's caller, -1 for a root. */
    public int parent(int place) {
        return parents[place];
    }

    Place place(int place) {
        return places[place];
    }

    /** Whom a span called, the earliest first. */
    public List<Integer> children(int place) {
        return children.get(place);
    }

    /** The earliest first. */
    public List<Integer> roots() {
        return roots;
    }

    /** Where the trace begins: the earliest span that has no parent, or, where all name one, the earliest root. */
    public int root() {
        for (int root : roots) {
            if (places[root] == Place.ROOT) {
                return root;
            }
        }
        return roots.getFirst();
    }

    /** How many callers each span has above it. */
    public int[] depths() {
        int[] depths = new int[parents.length];
        List<Integer> level = roots;
        for (int depth = 0; !level.isEmpty(); depth++) {
            List<Integer> next = new ArrayList<>();
            for (int place : level) {
                depths[place] = depth;
                next.addAll(children.get(place));
            }
            level = next;
        }
        return depths;
    }
}
