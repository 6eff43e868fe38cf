package io.tracery.shop.load;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How to load the shop.
 *
 * @param target host:port of the web front
 * @param rate requests per second, 1 to {@value #MOST_RATE}
 * @param controlPort where counts are told and the load is paused; 0 picks a free one
 * @param seed of the mix, and of what goes wrong in the shop: as {@code SHOP_SEED}
 */
record LoadOptions(String target, int rate, int controlPort, long seed) {

    static final int MOST_RATE = 500;
    private static final String USAGE =
            "usage: LoadGenerator [--target HOST:PORT] [--rate 1..500] [--control-port PORT] [--seed N]";
    private static final List<String> KNOWN = List.of("--target", "--rate", "--control-port", "--seed");

    LoadOptions {
        if (rate < 1 || rate > MOST_RATE) {
            throw new IllegalArgumentException(
                    "--rate must be 1 to " + MOST_RATE + " requests per second, not " + rate);
        }
        if (target.lastIndexOf(':') <= 0) {
            throw new IllegalArgumentException("--target must be host:port, not " + target);
        }
    }

    /** @throws IllegalArgumentException when the arguments say something else than {@link #USAGE} */
    static LoadOptions parse(String[] args) {
        Map<String, String> said = new HashMap<>();
        for (int i = 0; i < args.length; i += 2) {
            if (i + 1 == args.length || !KNOWN.contains(args[i])) {
                throw new IllegalArgumentException(USAGE);
            }
            said.put(args[i], args[i + 1]);
        }
        try {
            return new LoadOptions(
                    said.getOrDefault("--target", "127.0.0.1:20000"),
                    Integer.parseInt(said.getOrDefault("--rate", "20")),
                    Integer.parseInt(said.getOrDefault("--control-port", "24000")),
                    Long.parseLong(said.getOrDefault("--seed", "42")));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(USAGE, e);
        }
    }
}
