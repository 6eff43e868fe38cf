package io.tracery.proxy.route;

import java.util.List;

/**
 * Changes to a message's headers: what is removed goes first, then what is set takes the place of all values of its name,
 * then what is added comes to them. Names in lower case.
 */
public record HeaderEdits(List<String> remove, List<Entry> set, List<Entry> add) {

    public static final HeaderEdits NONE = new HeaderEdits(List.of(), List.of(), List.of());

    public HeaderEdits {
        remove = List.copyOf(remove);
        set = List.copyOf(set);
        add = List.copyOf(add);
    }

    /** One header. */
    public record Entry(String name, String value) {}

    public boolean none() {
        return remove.isEmpty() && set.isEmpty() && add.isEmpty();
    }
}
