package io.tracery.process;

import com.linecorp.armeria.server.Server;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletionException;

/** Opens the ports of HTTP servers. */
public final class ServerPort {

    private ServerPort() {}

    /**
     * Starts a server and returns when its port accepts connections.
     *
     * @param what the port is for, as in "the WHAT port"
     * @throws IllegalStateException naming the port, and why it cannot be opened
     */
    public static void open(Server server, String what) {
        try {
            server.start().join();
        } catch (CompletionException e) {
            InetSocketAddress address = server.config().ports().getFirst().localAddress();
            throw new IllegalStateException(
                    "the " + what + " port " + address.getHostString() + ":" + address.getPort() + " cannot be opened: "
                            + e.getCause() + "; free it or configure another",
                    e);
        }
    }
}
