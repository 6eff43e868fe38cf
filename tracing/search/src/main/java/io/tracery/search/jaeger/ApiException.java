package io.tracery.search.jaeger;

/** A request that cannot be answered: the status and the message of Jaeger's error envelope. */
final class ApiException extends RuntimeException {

    private final int status;

    private ApiException(int status, String message) {
        super(message);
        this.status = status;
    }

    static ApiException badRequest(String message) {
        return new ApiException(400, message);
    }

    static ApiException notFound(String message) {
        return new ApiException(404, message);
    }

    static ApiException traceNotFound() {
        return notFound("trace not found");
    }

    /** As {@code /api/v3} says it. */
    static ApiException noTraces() {
        return notFound("No traces found");
    }

    static ApiException busy(String message) {
        return new ApiException(503, message);
    }

    int status() {
        return status;
    }
}
