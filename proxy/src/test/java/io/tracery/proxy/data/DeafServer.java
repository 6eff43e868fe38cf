package io.tracery.proxy.data;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * Listens and does not accept. What the kernel accepts by itself is taken, so that further connections hang: the first packet
 * of each is lost, and sent again after a second.
 */
final class DeafServer implements AutoCloseable {

    private final ServerSocket listener;
    private final Socket first;
    private final Socket second;

    DeafServer() throws IOException {
        InetAddress here = InetAddress.getLoopbackAddress();
        listener = new ServerSocket(0, 1, here);
        first = new Socket(here, listener.getLocalPort());
        second = new Socket(here, listener.getLocalPort());
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    /** Hears from now on, and answers the first that had to wait. */
    Socket hear() throws IOException {
        listener.accept().close();
        listener.accept().close();
        return listener.accept();
    }

    @Override
    public void close() throws IOException {
        second.close();
        first.close();
        listener.close();
    }
}
