package io.tracery.topology.peers;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PeerClientTest {

    private static final byte[] NOT_OURS = new byte[1_000];

    private HttpServer peer;
    private String address;

    @BeforeEach
    void answerWithBytesOfAnotherKind() throws IOException {
        peer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        peer.createContext("/", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, NOT_OURS.length);
                exchange.getResponseBody().write(NOT_OURS);
            }
        });
        peer.start();
        address = "127.0.0.1:" + peer.getAddress().getPort();
    }

    @AfterEach
    void stop() {
        peer.stop(0);
    }

    @Test
    void holdsNoMoreOfAnAnswerThanItMay() {
        try (PeerClient client = new PeerClient(NOT_OURS.length - 1)) {
            assertThatThrownBy(() -> client.stats(address))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("capacity");
        }
    }

    @Test
    void saysWhoAnsweredInAWayThatCannotBeRead() {
        try (PeerClient client = new PeerClient(NOT_OURS.length)) {
            assertThatThrownBy(() -> client.stats(address))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(address + " answers in a way that this version cannot read");
        }
    }
}
