package io.tracery.shop.temper;

import java.time.Duration;

/**
 * The shop's bad days, decided by request id and seed alone: the same request goes wrong in the same way in every run,
 * so whoever knows the seed can say beforehand what a request leads to.
 *
 * @param seed equal seeds make equal decisions
 */
public record Temper(long seed) {

    private static final double REFUSED_ONCE = 0.03;
    private static final double REFUSED_ALWAYS = 0.01;
    private static final double SLOW = 0.05;
    private static final int SLOWEST_EXTRA_MILLIS = 150;
    private static final Duration SLOW_AT_LEAST = Duration.ofMillis(200);

    /** What the inventory does with a reservation. */
    public enum Refusal {
        NEVER,
        /** The first attempt fails, the next one succeeds. */
        ONCE,
        ALWAYS
    }

    /** 3 % of requests are refused once, 1 % always. */
    public Refusal inventoryRefusal(String requestId) {
        double draw = draw("inventory", requestId);
        if (draw < REFUSED_ALWAYS) {
            return Refusal.ALWAYS;
        }
        return draw < REFUSED_ALWAYS + REFUSED_ONCE ? Refusal.ONCE : Refusal.NEVER;
    }

    /** How long recommendation dawdles: 200 to 350 ms for 5 % of requests, zero for the others. */
    public Duration recommendationDelay(String requestId) {
        if (draw("recommendation", requestId) >= SLOW) {
            return Duration.ZERO;
        }
        return SLOW_AT_LEAST.plusMillis((long) (SLOWEST_EXTRA_MILLIS * draw("how slow", requestId)));
    }

    /** Uniform in [0, 1): FNV-1a over purpose and id, then the finalizer of MurmurHash3 to spread it. */
    private double draw(String purpose, String requestId) {
        long hash = 0xcbf29ce484222325L ^ seed;
        String text = purpose + '/' + requestId;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return ((hash ^ (hash >>> 33)) >>> 11) * 0x1.0p-53;
    }
}
