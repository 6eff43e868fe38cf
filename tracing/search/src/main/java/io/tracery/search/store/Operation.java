package io.tracery.search.store;

/** A span name with the kind of span that bears it. */
public record Operation(String name, Kind kind) implements Comparable<Operation> {

    @Override
    public int compareTo(Operation other) {
        int byName = name.compareTo(other.name);
        return byName != 0 ? byName : kind.compareTo(other.kind);
    }
}
