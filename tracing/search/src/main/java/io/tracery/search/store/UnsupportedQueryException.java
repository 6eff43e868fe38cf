package io.tracery.search.store;

/** The tracing system that holds the traces does not know how to answer this, today or tomorrow; the message says which, and why. */
public final class UnsupportedQueryException extends RuntimeException {

    public UnsupportedQueryException(String message) {
        super(message);
    }
}
