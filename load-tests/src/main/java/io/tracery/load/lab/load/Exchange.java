package io.tracery.load.lab.load;

/** Room of the open loop for one request at a time: a connection, or a stream. */
interface Exchange {

    /** Sends a request; {@code due} is when it should have been. */
    void send(long due);

    /** When the request on it was due. */
    long due();

    /** Closes the connection that it is on. */
    void close();
}
