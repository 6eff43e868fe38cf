package io.tracery.proxy.http1;

/** What is wrong with a message, as far as its sender can be told in a number. */
public enum Complaint {
    /** It is not HTTP/1.1 by our reading. */
    MALFORMED,
    /** The request line is longer than we take. */
    LONG_LINE,
    /** The head is larger, or has more fields, than we take. */
    LARGE_HEAD,
    /** It did not come in time. */
    LATE;

    /** What a decoder's failure complains of. */
    public static Complaint of(Throwable failure) {
        return failure instanceof MalformedMessage malformed ? malformed.complaint() : MALFORMED;
    }
}
