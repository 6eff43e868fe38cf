package io.tracery.pipeline.decide;

import java.util.EnumSet;
import java.util.Set;

/**
 * What is kept.
 *
 * @param off reasons that are not looked for
 * @param slowest the share of an endpoint's spans that count as slow, 0..1
 * @param floorPerSecond traces of each endpoint that are kept whatever they are, for each partition
 * @param share of the traces for which nothing else speaks, 0..1
 * @param bytesPerSecond of all that is kept, for each partition, before compression; the less a reason matters the earlier its
 *     traces give way
 */
public record Policies(Set<Reason> off, double slowest, double floorPerSecond, double share, long bytesPerSecond) {

    private static final double ONE_IN_A_HUNDRED = 0.01;
    private static final long MEBIBYTE = 1024 * 1024;

    /** Everything, as long as there is room for it. */
    public static final Policies DEFAULT =
            new Policies(Set.of(), ONE_IN_A_HUNDRED, /* floorPerSecond= */ 1, /* share= */ 1, 4 * MEBIBYTE);

    public Policies {
        off = off.isEmpty() ? Set.of() : Set.copyOf(EnumSet.copyOf(off));
        check("slowest", slowest, 1);
        check("share", share, 1);
        check("floorPerSecond", floorPerSecond, Double.MAX_VALUE);
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException("bytesPerSecond is " + bytesPerSecond + "; set it to 1 or more");
        }
    }

    private static void check(String key, double value, double most) {
        if (!(value >= 0 && value <= most)) {
            throw new IllegalArgumentException(
                    key + " is " + value + "; set it to 0 or more" + (most == 1 ? " and at most 1" : ""));
        }
    }

    boolean looksFor(Reason reason) {
        return !off.contains(reason);
    }
}
