package io.tracery.proxy.mesh;

/** Which side of its application a proxy stands on for an exchange. */
public enum Direction {
    /** From the mesh to the application beside the proxy. */
    INBOUND,
    /** From the application beside the proxy into the mesh. */
    OUTBOUND;

    /** {@code inbound} or {@code outbound}, as metrics and spans write it. */
    public String label() {
        return this == INBOUND ? "inbound" : "outbound";
    }
}
