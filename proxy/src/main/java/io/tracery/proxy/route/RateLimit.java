package io.tracery.proxy.route;

import org.jspecify.annotations.Nullable;

/**
 * How many requests of a route go on.
 *
 * @param all of them together
 * @param perKey beside that, those of one caller, user or the like; null: nobody is told apart
 */
public record RateLimit(Rate all, @Nullable PerKey perKey) {

    /** What tells requests apart. */
    public sealed interface Key {

        /** @param name lower case; a request without it shares its bucket with others that have none */
        record Header(String name) implements Key {}

        /** The address that the connection came from. */
        record SourceAddress() implements Key {}

        /** The SPIFFE ID of the peer's certificate; those without one share a bucket. */
        record CallerIdentity() implements Key {}
    }

    /**
     * @param mostKeys that are told apart at once; keys beyond it share one more bucket while none of these is full again
     */
    public record PerKey(Key key, Rate rate, int mostKeys) {

        public static final int MOST_KEYS = 1_000_000;

        public PerKey {
            if (mostKeys < 1 || mostKeys > MOST_KEYS) {
                throw new IllegalArgumentException("the number of keys is 1.." + MOST_KEYS);
            }
        }
    }
}
