package io.tracery.proxy.telemetry;

import java.util.Locale;

/** Why telemetry was lost. */
enum DropReason {
    /** More bytes than the budget has; the whole trace was left out, and others say that they stand for it. */
    OVER_BUDGET,
    /** The exporter did not keep up with the event loop. */
    QUEUE_FULL,
    /** Kafka, or the topic, was not known yet when newer batches needed the room. */
    UNREACHABLE,
    /** The Kafka client's buffer was full: brokers take less than is sent, or nothing. */
    BUFFER_FULL,
    /** Handed to the Kafka client, not acknowledged in time. */
    TIMED_OUT,
    /** Larger than a record may be. */
    TOO_LARGE,
    /** Refused by Kafka or its client for another reason. */
    REJECTED,
    /** Could not be written as OTLP: a defect of ours. */
    ENCODING_FAILED,
    /** The proxy ended before it could be handed over. */
    CLOSED;

    private final String label = name().toLowerCase(Locale.ROOT);

    String label() {
        return label;
    }
}
