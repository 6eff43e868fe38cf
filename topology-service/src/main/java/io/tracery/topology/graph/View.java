package io.tracery.topology.graph;

/** Which proxy counted: an edge between two workloads is seen from both of its ends, and each count is kept apart. */
public enum View {
    /** The proxy of the edge's source. */
    SENDER,
    /** The proxy of the edge's target. */
    RECEIVER;

    /** As the API shows it. */
    public String label() {
        return this == SENDER ? "sender" : "receiver";
    }
}
