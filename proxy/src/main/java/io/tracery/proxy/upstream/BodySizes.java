package io.tracery.proxy.upstream;

/** How many bytes a cluster's exchanges carry of late, both ways together. Confined to one event loop. */
public final class BodySizes {

    /** The last so many exchanges make up two thirds of the mean. */
    private static final int EXCHANGES = 16;

    private double mean;

    public void ended(long bytes) {
        mean += (bytes - mean) / EXCHANGES;
    }

    /** Bytes; 0 before the first exchange. */
    public double mean() {
        return mean;
    }
}
