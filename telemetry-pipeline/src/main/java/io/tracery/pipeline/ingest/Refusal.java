package io.tracery.pipeline.ingest;

import io.grpc.Status;

/**
 * Why an export was not taken, and what that is called on the wire: the one table of status codes. OTLP lets a client
 * send the same data again only after the refusals that are retryable here.
 */
enum Refusal {
    MALFORMED(400, Status.Code.INVALID_ARGUMENT, false),
    TOO_LARGE(413, Status.Code.RESOURCE_EXHAUSTED, false),
    UNSUPPORTED(415, Status.Code.INVALID_ARGUMENT, false),
    /** Too many exports are under way. */
    OVERLOADED(429, Status.Code.RESOURCE_EXHAUSTED, true),
    /** Kafka did not acknowledge in time. */
    KAFKA_UNAVAILABLE(503, Status.Code.UNAVAILABLE, true),
    FAILED(500, Status.Code.INTERNAL, false);

    private final int httpStatus;
    private final Status.Code grpcCode;
    private final boolean retryable;

    Refusal(int httpStatus, Status.Code grpcCode, boolean retryable) {
        this.httpStatus = httpStatus;
        this.grpcCode = grpcCode;
        this.retryable = retryable;
    }

    int httpStatus() {
        return httpStatus;
    }

    Status.Code grpcCode() {
        return grpcCode;
    }

    boolean retryable() {
        return retryable;
    }
}
