package io.tracery.proxy.data;

import io.tracery.proxy.data.Http1Peer.Message;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An application that speaks HTTP/1.1, keeps connections open, and remembers what it was asked. */
final class Http1Backend implements AutoCloseable {

    private final RawServer server;
    private final List<Message> requests = new CopyOnWriteArrayList<>();

    /** What it does with a request. */
    @FunctionalInterface
    interface Handler {
        void handle(Message request, Http1Peer client) throws Exception;
    }

    Http1Backend(Handler handler) {
        this.server = new RawServer(socket -> {
            Http1Peer client = new Http1Peer(socket);
            while (true) {
                Message request = client.receive();
                requests.add(request);
                handler.handle(request, client);
            }
        });
    }

    /** Answers everything with 200 and this text. */
    static Http1Backend saying(String text) {
        return new Http1Backend((request, client) -> client.answer(200, text));
    }

    InetSocketAddress address() {
        return server.address();
    }

    List<Message> requests() {
        return requests;
    }

    int connections() {
        return server.accepted();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
