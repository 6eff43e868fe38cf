package io.tracery.cli.demo;

/** The demo cannot go on; the message says what, where and what to do. */
public final class DemoException extends RuntimeException {

    public DemoException(String message) {
        super(message);
    }

    public DemoException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The message, which is never missing. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
