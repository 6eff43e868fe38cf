package io.tracery.proxy.telemetry;

import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.Cluster;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The groups of series that one event loop has seen, found by an exchange's labels without allocating. Groups stay until
 * the proxy ends; the budget bounds how many there are. Confined to that loop.
 */
final class SeriesTable {

    private static final int FIRST_ERROR = 400;

    private final SeriesBudget budget;
    private final LabelProbe probe = new LabelProbe();
    private final PathTemplates templates = new PathTemplates();
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
        if (exchange.pathTemplate() == null) {
            exchange.pathTemplate(template(exchange));
        }
        probe.read(exchange);
        SeriesGroup group = find();
        if (group == null && probe.hasTemplate() && !budget.roomForTemplate()) {
            probe.forgetTemplate();
            group = find();
            if (group != null) {
                budget.refuse();
            }
        }
        return group == null ? make() : group;
    }

    /** Of an exchange that was counted before it was answered: only now is it known whether its path is one that somebody answers. */
    void learn(Exchange exchange) {
        if (LabelProbe.templateOf(exchange).isEmpty()) {
            exchange.pathTemplate(template(exchange));
        }
    }

    /** A path is one that somebody answers when it was answered with no error. */
    private String template(Exchange exchange) {
        int status = exchange.status();
        Cluster cluster = exchange.cluster();
        return exchange.protocol() == Protocol.HTTP1 || exchange.protocol() == Protocol.HTTP2
                ? templates.of(
                        cluster == null ? "" : cluster.name(), exchange.path(), status > 0 && status < FIRST_ERROR)
                : "";
    }

    private @Nullable SeriesGroup find() {
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
        return null;
    }

    private SeriesGroup make() {
        if (!budget.takeGroup()) {
            return overflow;
        }
        int hash = probe.hash();
        int slot = hash & (slots.length - 1);
        while (slots[slot] != null) {
            slot = (slot + 1) & (slots.length - 1);
        }
        SeriesGroup made = new SeriesGroup(probe.labels(), hash);
        slots[slot] = made;
        groups.add(made);
        return made;
    }
}
