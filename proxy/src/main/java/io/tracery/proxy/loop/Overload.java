package io.tracery.proxy.loop;

import io.netty.util.internal.PlatformDependent;

/**
 * What the whole process may hold, however many connections share it.
 *
 * @param shedBytes from so much in buffers on new requests are refused and connections are not kept for another one
 * @param dropBytes from so much on only a few more connections are accepted, and the slowest are ended; more than {@code shedBytes}
 * @param maxConnections client connections at once; more are closed at once
 */
public record Overload(long shedBytes, long dropBytes, int maxConnections) {

    private static final int MEBIBYTE = 1 << 20;

    /** Of what buffers may take at most, in percent. */
    private static final int SHED = 50;

    private static final int DROP = 70;
    private static final int CONNECTIONS = 12_000;

    public Overload {
        if (shedBytes < 1 || dropBytes <= shedBytes || maxConnections < 1) {
            throw new IllegalArgumentException(
                    "memory is shed before it is dropped, and one connection is the least, not " + shedBytes + ", "
                            + dropBytes + " and " + maxConnections);
        }
    }

    /** By what the JVM gives buffers at most ({@code -XX:MaxDirectMemorySize}). */
    public static final Overload DEFAULT = of(PlatformDependent.maxDirectMemory(), CONNECTIONS);

    private static Overload of(long most, int connections) {
        long bytes = Math.max(most, 4 * MEBIBYTE);
        return new Overload(bytes / 100 * SHED, bytes / 100 * DROP, connections);
    }

    /** Once it has been too much, it is so until it is less than this. */
    public long enoughBytes() {
        return shedBytes / 8 * 7;
    }
}
