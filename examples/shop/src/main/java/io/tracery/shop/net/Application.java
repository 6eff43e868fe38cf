package io.tracery.shop.net;

/** One service instance: its own server on its own port. */
public interface Application extends AutoCloseable {

    /** Binds and serves, or throws naming the port. */
    void start() throws Exception;

    /** The port it serves on, once started. */
    int port();

    @Override
    void close();
}
