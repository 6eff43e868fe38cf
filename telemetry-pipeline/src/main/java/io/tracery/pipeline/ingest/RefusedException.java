package io.tracery.pipeline.ingest;

import com.google.protobuf.Any;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import org.jspecify.annotations.Nullable;

/** An export that was not taken; the message says to the sender what is wrong and what to do. */
final class RefusedException extends RuntimeException {

    /** How long a sender is asked to wait before it tries again. */
    static final int RETRY_AFTER_SECONDS = 1;

    private final Refusal refusal;
    private final String advice;

    RefusedException(Refusal refusal, String advice) {
        this(refusal, advice, null);
    }

    RefusedException(Refusal refusal, String advice, @Nullable Throwable cause) {
        super(advice, cause);
        this.refusal = refusal;
        this.advice = advice;
    }

    /** Any failure as a refusal; one that nobody foresaw is {@link Refusal#FAILED}. */
    static RefusedException of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RefusedException refused) {
                return refused;
            }
        }
        return new RefusedException(Refusal.FAILED, "the receiver failed: " + failure, failure);
    }

    static RefusedException tooLarge(int maxRequestBytes) {
        return new RefusedException(
                Refusal.TOO_LARGE, "the request is larger than " + maxRequestBytes + " bytes; send smaller batches");
    }

    Refusal refusal() {
        return refusal;
    }

    /** The status message that OTLP puts into a refusal's body or details; names a delay when it may be sent again. */
    Status status() {
        Status.Builder status =
                Status.newBuilder().setCode(refusal.grpcCode().value()).setMessage(advice);
        if (refusal.retryable()) {
            RetryInfo.Builder retry = RetryInfo.newBuilder();
            retry.getRetryDelayBuilder().setSeconds(RETRY_AFTER_SECONDS);
            status.addDetails(Any.pack(retry.build()));
        }
        return status.build();
    }
}
