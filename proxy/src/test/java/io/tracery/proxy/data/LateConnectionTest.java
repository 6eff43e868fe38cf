package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.tracing.span.Fate;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An endpoint goes while a connection to it is being made: who waits for that is served, and then it is closed. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class LateConnectionTest {

    private static final Listener HTTP = Mesh.outbound(Mesh.route("cart"));

    @ParameterizedTest
    @EnumSource(names = {"HTTP1", "HTTP2"})
    void servesWhoWaitsForItAndIsClosed(UpstreamProtocol protocol) throws Exception {
        try (DeafServer busy = new DeafServer();
                TestProxy proxy = new TestProxy().serving(HTTP, cart(protocol, busy.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send("GET / HTTP/1.1\r\nHost: cart\r\n\r\n");
            await().until(() -> proxy.log.started() == 1);
            proxy.serving(HTTP);

            try (Socket late = busy.hear()) {
                answer(protocol, late);
                assertThat(client.receive().text()).isEqualTo("late");
                assertThat(late.getInputStream().readAllBytes()).isNotNull();
            }
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.SERVED);
        }
    }

    private static Cluster cart(UpstreamProtocol protocol, InetSocketAddress address) {
        return new Cluster(
                "cart",
                "shop",
                "cart",
                Mesh.cluster("cart", address).endpoints(),
                Duration.ofSeconds(30),
                null,
                protocol);
    }

    private static void answer(UpstreamProtocol protocol, Socket socket) throws Exception {
        if (protocol == UpstreamProtocol.HTTP1) {
            Http1Peer server = new Http1Peer(socket);
            server.receive();
            server.answer(200, "late");
        } else {
            RawHttp2 server = RawHttp2.server(socket);
            server.expect(RawHttp2.HEADERS);
            server.sendHead(1, 0, ":status", "200", "content-length", "4");
            server.sendData(1, RawHttp2.END_STREAM, "late");
        }
        socket.setSoTimeout(10_000);
    }
}
