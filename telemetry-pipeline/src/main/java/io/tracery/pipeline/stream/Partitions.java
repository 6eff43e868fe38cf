package io.tracery.pipeline.stream;

import io.tracery.tracing.topic.Topic;
import java.util.Optional;
import java.util.Set;

/**
 * Where a trace is decided upon. Batches of spans are cut by this and not by trace: what fifty traces have in common, from a
 * record's head to an entry of a store, is then paid for once.
 */
final class Partitions {

    /** Beyond any partition that is worth telling apart. */
    static final int NO_SOURCE = 255;

    static final int COUNT = Topic.OTLP_SPANS.partitions();

    private Partitions() {}

    /** The key of what goes to a partition, and which partition of {@code mesh_spans} it came from. */
    static byte[] key(int partition, int source) {
        return new byte[] {(byte) partition, (byte) source};
    }

    /** Where {@link #key} goes. */
    static Optional<Set<Integer>> of(byte[] key) {
        return Optional.of(Set.of(Byte.toUnsignedInt(key[0])));
    }

    /** Where it came from; {@link #NO_SOURCE} for a mark. */
    static int source(byte[] key) {
        return Byte.toUnsignedInt(key[1]);
    }
}
