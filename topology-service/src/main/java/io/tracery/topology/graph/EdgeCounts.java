package io.tracery.topology.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * What both ends of an edge counted, kept apart by end and by owner, so that what one owner counted can be withdrawn, or
 * replaced by what it counted since. Guarded by its edge's lock.
 */
final class EdgeCounts {

    private final List<EdgePart> parts = new ArrayList<>(2);

    void admitSeries(int owner, View view) {
        part(owner, view).series++;
    }

    int series() {
        return parts.stream().mapToInt(part -> part.series).sum();
    }

    void add(int owner, Increment increment) {
        EdgePart part = part(owner, increment.labels().view());
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
        EdgePart part = part(owner, view);
        part.series--;
        part.inFlight.remove(epoch);
        if (part.series <= 0) {
            parts.remove(part);
        }
    }

    /** True when there was something. */
    boolean withdraw(int owner) {
        return parts.removeIf(part -> part.owner == owner);
    }

    /** Takes the parts of one owner from other counts, in place of what is here of it. */
    void takeOver(int owner, EdgeCounts from) {
        withdraw(owner);
        from.parts.stream().filter(part -> part.owner == owner).forEach(parts::add);
    }

    /** The same of what another process tells of some owners. */
    void replace(Set<Integer> owners, List<EdgePart> news, long round) {
        parts.removeIf(part -> owners.contains(part.owner));
        for (EdgePart part : news) {
            if (owners.contains(part.owner)) {
                part.round = round;
                parts.add(part);
            }
        }
    }

    /** Drops what another process did not mention again when it told everything of some owners. */
    void dropBefore(Set<Integer> owners, long round) {
        parts.removeIf(part -> owners.contains(part.owner) && part.round < round);
    }

    List<EdgePart> copies(IntPredicate owners) {
        return parts.stream()
                .filter(part -> owners.test(part.owner))
                .map(EdgePart::copy)
                .toList();
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }

    boolean has(View view) {
        return has(view, any -> true);
    }

    boolean has(View view, IntPredicate owners) {
        for (EdgePart part : parts) {
            if (part.view == view && owners.test(part.owner)) {
                return true;
            }
        }
        return false;
    }

    boolean inFlight() {
        return parts.stream().anyMatch(part -> !part.inFlight.isEmpty());
    }

    /** How many exchanges have begun and not ended, as one end counts. */
    long inFlight(View view) {
        long open = 0;
        for (EdgePart part : parts) {
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

    long requests(View view) {
        long sum = 0;
        for (EdgePart part : parts) {
            sum += part.view == view ? part.totals.requests() : 0;
        }
        return sum;
    }

    /** The sum over owners; not to be changed. */
    Totals totals(View view) {
        Totals only = null;
        Totals sum = null;
        for (EdgePart part : parts) {
            if (part.view == view) {
                if (only == null) {
                    only = part.totals;
                } else {
                    if (sum == null) {
                        sum = new Totals();
                        sum.add(only);
                    }
                    sum.add(part.totals);
                }
            }
        }
        if (sum != null) {
            return sum;
        }
        return only == null ? new Totals() : only;
    }

    private EdgePart part(int owner, View view) {
        for (EdgePart part : parts) {
            if (part.owner == owner && part.view == view) {
                return part;
            }
        }
        EdgePart part = new EdgePart(owner, view);
        parts.add(part);
        return part;
    }
}
