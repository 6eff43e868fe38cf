package io.tracery.shop.kv;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class KvServerTest {

    @SuppressWarnings("NullAway.Init")
    private KvServer server;

    @BeforeEach
    void open() throws IOException {
        server = new KvServer(new InetSocketAddress("127.0.0.1", 0));
        server.start();
    }

    @AfterEach
    void shut() {
        server.close();
    }

    @Test
    void keepsValuesFromOneConnectionToTheNext() throws IOException {
        try (KvConnection writer = connection()) {
            writer.put("cart/ada", "two\nlines and ünïcode");
        }
        try (KvConnection reader = connection()) {
            assertThat(reader.read("cart/ada")).contains("two\nlines and ünïcode");
            reader.delete("cart/ada");
            assertThat(reader.read("cart/ada")).isEmpty();
        }
    }

    @Test
    void endsTheConnectionAfterWhatItDoesNotUnderstand() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write("HELLO kv\n".getBytes(US_ASCII));

            assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
                    .isEqualTo("ERROR unknown command\n");
        }
    }

    private KvConnection connection() throws IOException {
        return new KvConnection(new InetSocketAddress("127.0.0.1", server.port()));
    }
}
