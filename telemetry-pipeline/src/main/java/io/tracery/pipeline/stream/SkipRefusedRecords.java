package io.tracery.pipeline.stream;

import io.micrometer.core.instrument.Counter;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProductionExceptionHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Skips and counts a record that the broker will never take because the topic's own limit is smaller than ours; every
 * other failure stays a failure, after which Kafka Streams processes the batch again. Made by Kafka Streams, by name.
 */
public final class SkipRefusedRecords implements ProductionExceptionHandler {

    /** Configuration key under which the {@link Counter} of skipped records is handed over. */
    static final String COUNTER = "tracery.skipped.records.counter";

    private static final Logger log = LoggerFactory.getLogger(SkipRefusedRecords.class);

    // Set by configure, which Kafka Streams calls first.
    private @Nullable Counter skipped;

    @Override
    public void configure(Map<String, ?> configs) {
        skipped = configs.get(COUNTER) instanceof Counter counter ? counter : null;
    }

    @Override
    public Response handleError(
            ErrorHandlerContext context, ProducerRecord<byte[], byte[]> refused, Exception exception) {
        if (!(exception instanceof RecordTooLargeException)) {
            return Response.fail();
        }
        log.warn(
                "topic {} takes no record of {} bytes; raise its max.message.bytes to at least that",
                refused.topic(),
                refused.value() == null ? 0 : refused.value().length);
        if (skipped != null) {
            skipped.increment();
        }
        return Response.resume();
    }
}
