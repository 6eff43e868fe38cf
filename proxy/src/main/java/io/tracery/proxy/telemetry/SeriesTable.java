package io.tracery.proxy.telemetry;

import io.tracery.proxy.exchange.Exchange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The groups of series that one event loop has seen, found by an exchange's labels without allocating. Groups stay until
 * the proxy ends; the budget bounds how many there are. Confined to that loop.
 */
final class SeriesTable {

    private final SeriesBudget budget;
    private final LabelProbe probe = new LabelProbe();
    private final @Nullable SeriesGroup[] slots;
    private final List<SeriesGroup> groups = new ArrayList<>();
    private final SeriesGroup overflow = new SeriesGroup(SeriesLabels.OVERFLOW, 0);

    SeriesTable(SeriesBudget budget, Limits limits) {
        this.budget = budget;
        // At most half full, so that every search meets an empty slot soon.
        this.slots = new @Nullable SeriesGroup[Integer.highestOneBit(Math.max(4, limits.groups())) * 4];
        groups.add(overflow);
    }

    /** Every group so far, the overflow group first. */
    List<SeriesGroup> groups() {
        return groups;
    }

    /** The group that an exchange's labels, as far as they are known now, belong to. */
    SeriesGroup resolve(Exchange exchange) {
        probe.read(exchange);
        int hash = probe.hash();
        int slot = hash & (slots.length - 1);
        SeriesGroup group = slots[slot];
        while (group != null) {
            if (group.hash() == hash && probe.matches(group.labels())) {
                return group;
            }
            slot = (slot + 1) & (slots.length - 1);
            group = slots[slot];
        }
        if (!budget.takeGroup()) {
            return overflow;
        }
        SeriesGroup made = new SeriesGroup(probe.labels(), hash);
        slots[slot] = made;
        groups.add(made);
        return made;
    }
}
