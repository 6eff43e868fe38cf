package io.tracery.proxy.http1;

/** What came is not HTTP/1.1 by our reading. The message says what is wrong, for the person at the other end. */
final class MalformedMessage extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Complaint complaint;

    MalformedMessage(String problem) {
        this(Complaint.MALFORMED, problem);
    }

    MalformedMessage(Complaint complaint, String problem) {
        // Where in our code it was noticed helps nobody, and an attacker may cause it often.
        super(problem, null, /* enableSuppression= */ false, /* writableStackTrace= */ false);
        this.complaint = complaint;
    }

    Complaint complaint() {
        return complaint;
    }
}
