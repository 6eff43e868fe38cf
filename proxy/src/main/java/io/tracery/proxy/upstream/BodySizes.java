package io.tracery.proxy.upstream;

/**
 * How many bytes a cluster's exchanges carry of late, both ways together. However large one is, it counts as no more than
 * {@link #MOST}: one body of GiB among a hundred small ones then changes nothing, a few in a row do. Confined to one event loop.
 */
public final class BodySizes {

    /** The last so many exchanges make up two thirds of the mean. */
    private static final int EXCHANGES = 16;

    /** Bytes. With it a single exchange moves the mean by 4 KiB, half of what makes it large. */
    private static final int MOST = 64 * 1024;

    private double mean;

    public void ended(long bytes) {
        mean += (Math.min(bytes, MOST) - mean) / EXCHANGES;
    }

    /** Bytes; 0 before the first exchange. */
    public double mean() {
        return mean;
    }
}
