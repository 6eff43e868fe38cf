package io.tracery.pipeline.stream;

import io.tracery.tracing.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Where records go that nobody can read: a topic beside the one they came from, key and value untouched but for
 * what is beyond a megabyte, with headers that say why and where they stood.
 */
public final class DeadLetters {

    /** In words, why the record could not be read. */
    public static final String REASON = "tracery.dead.reason";
    /** {@code topic/partition/offset} of the record as it came. */
    public static final String ORIGIN = "tracery.dead.origin";

    /**
     * Of a key, and of a value. Packed well, a record of any size passes through a topic; but what a producer will not send fails its
     * transaction, and the stream would begin anew at the same record for ever.
     */
    private static final int MOST_BYTES = 1_000_000;

    private DeadLetters() {}

    /** The topic of a topic's dead letters, for example {@code mesh_spans_dead}. */
    public static String topicOf(Topic topic) {
        return topic.topicName() + "_dead";
    }

    /** A dead letter may have no more of it. */
    static byte @Nullable [] cut(byte @Nullable [] bytes) {
        return bytes == null || bytes.length <= MOST_BYTES ? bytes : Arrays.copyOf(bytes, MOST_BYTES);
    }

    static Headers headers(String reason, String origin) {
        return new RecordHeaders()
                .add(REASON, reason.getBytes(StandardCharsets.UTF_8))
                .add(ORIGIN, origin.getBytes(StandardCharsets.UTF_8));
    }
}
