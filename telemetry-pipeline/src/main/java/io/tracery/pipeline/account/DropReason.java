package io.tracery.pipeline.account;

import java.util.Locale;

/** Why a stage did not pass something on; the lower-case name is the metric's {@code reason}. */
public enum DropReason {
    /** A trace, span, parent or link id (or that of an exemplar) whose length OTLP does not allow, or that is zero. */
    INVALID_ID,
    /** One span, or one metric, that would not fit into a Kafka record. */
    TOO_LARGE,
    /** Bytes that are not the protobuf message they should be. */
    MALFORMED,
    /** Nothing spoke for keeping its trace. */
    NOT_KEPT,
    /** Something spoke for keeping its trace, and there was no room. */
    OVER_BUDGET,
    /** It waited in the store for its trace to be decided upon, and that was more minutes than the store keeps. */
    FORGOTTEN,
    /** The endpoint that it was forwarded to will not have it. */
    REFUSED,
    /** The topic did not keep it for as long as it would have had to wait for the endpoint that it was to be forwarded to. */
    EXPIRED,
    /** Kafka did not acknowledge in time; the sender was told to try again. */
    KAFKA;

    private final String label = name().toLowerCase(Locale.ROOT);

    public String label() {
        return label;
    }
}
