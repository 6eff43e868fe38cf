package io.tracery.topology.graph;

/** Which proxy counted: an edge between two workloads is seen from both of its ends, and each count is kept apart. */
public enum View {
    /** The proxy of the edge's source. */
    SENDER,
    /** The proxy of the edge's target. */
    RECEIVER;

    /** Stands for it where it is told. */
    int code() {
        return this == SENDER ? 0 : 1;
    }

    /** @throws IllegalArgumentException when no view has that code */
    static View at(int code) {
        if (code < 0 || code > 1) {
            throw new IllegalArgumentException("not an end of an edge: " + code);
        }
        return code == 0 ? SENDER : RECEIVER;
    }

    /** As the API shows it. */
    public String label() {
        return this == SENDER ? "sender" : "receiver";
    }
}
