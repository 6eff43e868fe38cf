package io.tracery.topology.history;

import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** Keys in the order of their unsigned bytes, and their values; survives the process. May be read by any thread, is written by one. */
public interface WindowStore {

    byte @Nullable [] get(byte[] key);

    void put(byte[] key, byte[] value);

    void delete(byte[] key);

    /**
     * Entries in order, for as long as the visitor says true.
     *
     * @param from included
     * @param to excluded
     */
    void visit(byte[] from, byte[] to, BiPredicate<byte[], byte[]> visitor);
}
