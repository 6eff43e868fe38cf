package io.tracery.topology.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What both ends of an edge counted, kept apart by end and by owner, so that what one owner counted can be withdrawn.
 * Guarded by its edge's lock.
 */
final class EdgeCounts {

    private static final class Part {
        final int owner;
        final View view;
        final Totals totals = new Totals();
        /** Begun less ended, by epoch; without those of which nothing is in flight. */
        final Map<String, Long> inFlight = new HashMap<>();

        int series;

        Part(int owner, View view) {
            this.owner = owner;
            this.view = view;
        }
    }

    private final List<Part> parts = new ArrayList<>(2);

    void admitSeries(int owner, View view) {
        part(owner, view).series++;
    }

    int series() {
        return parts.stream().mapToInt(part -> part.series).sum();
    }

    void add(int owner, Increment increment) {
        Part part = part(owner, increment.labels().view());
        part.totals.add(increment);
        long more = switch (increment.measure()) {
            case STARTED -> increment.amount();
            case DURATION -> -increment.amount();
            case RETRIES, REQUEST_BYTES, RESPONSE_BYTES -> 0;
        };
        if (more != 0 && !increment.epoch().isEmpty()) {
            // Ended may be counted before begun is, so less than nothing can be in flight for a moment.
            part.inFlight.merge(increment.epoch(), more, (one, other) -> one + other == 0 ? null : one + other);
        }
    }

    /** An end of which nothing is left goes with its last series. */
    void forgetSeries(int owner, View view, String epoch) {
        Part part = part(owner, view);
        part.series--;
        part.inFlight.remove(epoch);
        if (part.series <= 0) {
            parts.remove(part);
        }
    }

    void withdraw(int owner) {
        parts.removeIf(part -> part.owner == owner);
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }

    boolean has(View view) {
        return parts.stream().anyMatch(part -> part.view == view);
    }

    boolean inFlight() {
        return parts.stream().anyMatch(part -> !part.inFlight.isEmpty());
    }

    /** How many exchanges have begun and not ended, as one end counts. */
    long inFlight(View view) {
        long open = 0;
        for (Part part : parts) {
            if (part.view == view) {
                for (long count : part.inFlight.values()) {
                    open += Math.max(0, count);
                }
            }
        }
        return open;
    }

    boolean inFlight(String epoch) {
        return parts.stream().anyMatch(part -> part.inFlight.getOrDefault(epoch, 0L) > 0);
    }

    /** The sum over owners. */
    Totals totals(View view) {
        Totals sum = new Totals();
        for (Part part : parts) {
            if (part.view == view) {
                sum.add(part.totals);
            }
        }
        return sum;
    }

    private Part part(int owner, View view) {
        for (Part part : parts) {
            if (part.owner == owner && part.view == view) {
                return part;
            }
        }
        Part part = new Part(owner, view);
        parts.add(part);
        return part;
    }
}
