package io.tracery.pipeline.stream;

import io.tracery.tracing.topic.Topic;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Where records go that nobody can read: a topic beside the one they came from, key and value untouched, with headers
 * that say why and where they stood.
 */
public final class DeadLetters {

    /** In words, why the record could not be read. */
    public static final String REASON = "tracery.dead.reason";
    /** {@code topic/partition/offset} of the record as it came. */
    public static final String ORIGIN = "tracery.dead.origin";

    private DeadLetters() {}

    /** The topic of a topic's dead letters, for example {@code mesh_spans_dead}. */
    public static String topicOf(Topic topic) {
        return topic.topicName() + "_dead";
    }

    static Headers headers(String reason, String origin) {
        return new RecordHeaders()
                .add(REASON, reason.getBytes(StandardCharsets.UTF_8))
                .add(ORIGIN, origin.getBytes(StandardCharsets.UTF_8));
    }
}
