package io.tracery.pipeline.ingest;

import io.grpc.Status;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Why an export was not taken, and what that is called on the wire: the one table of status codes. OTLP lets a client
 * send the same data again only after the refusals that are retryable here.
 */
enum Refusal {
    MALFORMED(400, Status.Code.INVALID_ARGUMENT, false),
    TOO_LARGE(413, Status.Code.RESOURCE_EXHAUSTED, false),
    UNSUPPORTED(415, Status.Code.UNIMPLEMENTED, false),
    /** Too many exports are under way. */
    OVERLOADED(429, Status.Code.RESOURCE_EXHAUSTED, true),
    /** Kafka did not acknowledge in time. */
    KAFKA_UNAVAILABLE(503, Status.Code.UNAVAILABLE, true),
    FAILED(500, Status.Code.INTERNAL, false);

    private final String label = name().toLowerCase(Locale.ROOT);
    private final int httpStatus;
    private final Status.Code grpcCode;
    private final boolean retryable;

    Refusal(int httpStatus, Status.Code grpcCode, boolean retryable) {
        this.httpStatus = httpStatus;
        this.grpcCode = grpcCode;
        this.retryable = retryable;
    }

    /** Null for another status. */
    static @Nullable Refusal ofHttpStatus(int status) {
        return Stream.of(values())
                .filter(refusal -> refusal.httpStatus == status)
                .findFirst()
                .orElse(null);
    }

    /** Null for another status. An overload has the same as what is too large, and is not told from it. */
    static @Nullable Refusal ofGrpcStatus(int status) {
        return Stream.of(values())
                .filter(refusal -> refusal.grpcCode.value() == status)
                .findFirst()
                .orElse(null);
    }

    /** As it stands in metrics. */
    String label() {
        return label;
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
