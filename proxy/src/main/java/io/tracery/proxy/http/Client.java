package io.tracery.proxy.http;

import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;

/** The side of an exchange that asked, as the exchange sees it: a connection's turn, or a stream. */
interface Client {

    /** Passes a piece of the answer on; takes it over. */
    void write(HttpObject piece);

    /** Passes on an answer that precedes the answer proper, of code 1xx but not 101, and flushes. */
    void interim(HttpResponse interim);

    void flush();

    boolean writable();

    /** Ends the connection, or the stream, at once: what is not sent never will be. */
    default void drop() {}

    /** Stops or resumes reading what the client sends. */
    void reading(boolean on);

    /**
     * The endpoint broke its answer off; before {@link #over}. HTTP/1 has but one way to say that, the end of the connection.
     *
     * @param http2Error its code (RFC 9113 section 7)
     */
    default void brokenOff(long http2Error) {}

    /**
     * The exchange has its fate.
     *
     * @param answered true when a complete answer was written, so that the connection may take another request
     */
    void over(boolean answered);
}
