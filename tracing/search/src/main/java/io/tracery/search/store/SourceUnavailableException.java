package io.tracery.search.store;

/** The tracing system that holds the traces does not answer; the message says which, and what to do. */
public final class SourceUnavailableException extends RuntimeException {

    public SourceUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
