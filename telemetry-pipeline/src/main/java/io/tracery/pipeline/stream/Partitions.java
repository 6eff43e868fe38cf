package io.tracery.pipeline.stream;

import io.tracery.pipeline.otlp.TraceId;
import io.tracery.tracing.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/**
 * Where a trace is decided upon. Batches of spans are cut by this and not by trace: what fifty traces have in common, from a
 * record's head to an entry of a store, is then paid for once.
 */
final class Partitions {

    static final int COUNT = Topic.OTLP_SPANS.partitions();

    private Partitions() {}

    /** The key of what goes where this trace goes. */
    static String key(TraceId id) {
        return Integer.toString(id.partition(COUNT));
    }

    /** What {@link #key} says. */
    static Optional<Set<Integer>> of(byte[] key) {
        return Optional.of(Set.of(Integer.parseInt(new String(key, StandardCharsets.US_ASCII))));
    }
}
