package io.tracery.proxy.http1;

/** What came is not HTTP/1.1 by our reading. The message says what is wrong, for the person at the other end. */
final class MalformedMessage extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MalformedMessage(String problem) {
        // Where in our code it was noticed helps nobody, and an attacker may cause it often.
        super(problem, null, /* enableSuppression= */ false, /* writableStackTrace= */ false);
    }
}
