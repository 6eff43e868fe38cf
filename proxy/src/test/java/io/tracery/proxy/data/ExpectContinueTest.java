package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tracery.proxy.data.Http1Peer.Message;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.tracing.span.Fate;
import java.net.Socket;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Clients that ask before they upload (RFC 9110 section 10.1.1): it is the application that answers them, never the proxy. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class ExpectContinueTest {

    private static final long SEED = 20_261_130;
    private static final int LARGE = 300_000;
    private static final String[] REFUSAL = {"HTTP/1.1 417 Expectation Failed", "Content-Length: 2"};

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    @Test
    void theBodyComesWholeBehindTheApplicationsContinue() throws Exception {
        String body = body();
        try (RawServer backend = new RawServer(this::takeUploads);
                TestProxy proxy = proxy(backend);
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            for (int i = 1; i <= 2; i++) {
                ask(client, body.length());
                Message go = client.receive(/* bodiless= */ true);
                assertThat(go.status()).isEqualTo(100);
                assertThat(go.header("x-who")).as("who says so").isEqualTo("application");
                client.send(body);
                Message answer = client.receive();
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.text()).isEqualTo("took it");
                assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo(body);
                assertThat(proxy.log.ended(i).getLast().fate()).isEqualTo(Fate.SERVED);
                assertThat(proxy.log.ended(i).getLast().status()).isEqualTo(200);
                assertThat(proxy.log.ended(i).getLast().bytesReceived()).isEqualTo(LARGE);
            }
            assertThat(backend.accepted()).as("connections to the application").isEqualTo(1);
        }
    }

    @Test
    void aClientThatDoesNotWaitIsServedAsWell() throws Exception {
        String body = body();
        try (RawServer backend = new RawServer(this::takeUploads);
                TestProxy proxy = proxy(backend);
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            ask(client, body.length());
            client.send(body);
            assertThat(client.receive(/* bodiless= */ true).status()).isEqualTo(100);
            assertThat(client.receive().text()).isEqualTo("took it");
            assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo(body);
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.SERVED);
        }
    }

    /** A client that sends the body all the same is understood; the application's connection has not seen it. */
    @Test
    void aFinalAnswerTakesTheContinuesPlace() throws Exception {
        try (RawServer backend = new RawServer(this::refuseUploads);
                TestProxy proxy = proxy(backend);
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            ask(client, 4);
            assertRefused(client);
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.SERVED);
            assertThat(proxy.log.only().status()).isEqualTo(417);

            client.send("body");
            assertThat(client.get("/next").text()).isEqualTo("fine");
            assertThat(backend.accepted()).as("connections to the application").isEqualTo(2);
            assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("closed without a body");
        }
    }

    @Test
    void aClientThatGivesUpThenHasBeenServed() throws Exception {
        try (RawServer backend = new RawServer(this::refuseUploads);
                TestProxy proxy = proxy(backend)) {
            try (Http1Peer client = Http1Peer.connect(proxy.address())) {
                ask(client, LARGE);
                assertRefused(client);
            }
            await().until(() -> proxy.dataPath.connections() == 0);
            assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("closed without a body");
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.SERVED);
        }
    }

    private static void assertRefused(Http1Peer client) throws Exception {
        Message answer = client.receive();
        assertThat(answer.status()).isEqualTo(417);
        assertThat(answer.text()).isEqualTo("no");
    }

    private static void ask(Http1Peer client, int length) throws Exception {
        client.sendHead("POST /upload HTTP/1.1", "Host: cart", "Content-Length: " + length, "Expect: 100-continue");
    }

    private void takeUploads(Socket socket) throws Exception {
        Http1Peer peer = new Http1Peer(socket);
        while (true) {
            Message head = peer.receive(/* bodiless= */ true);
            assertThat(head.header("expect")).isEqualTo("100-continue");
            peer.sendHead("HTTP/1.1 100 Continue", "X-Who: application");
            heard.add(peer.bytes(Integer.parseInt(head.header("content-length"))));
            peer.answer(200, "took it");
        }
    }

    private void refuseUploads(Socket socket) throws Exception {
        Http1Peer peer = new Http1Peer(socket);
        if (peer.receive(/* bodiless= */ true).method().equals("GET")) {
            peer.answer(200, "fine");
            peer.closed();
            return;
        }
        peer.sendHead(REFUSAL);
        peer.send("no");
        heard.add(peer.closed() ? "closed without a body" : "goes on");
    }

    private static String body() {
        SplittableRandom random = new SplittableRandom(SEED);
        StringBuilder body = new StringBuilder(LARGE);
        random.ints(LARGE, 0, 256).forEach(value -> body.append((char) value));
        return body.toString();
    }

    private static TestProxy proxy(RawServer backend) {
        return new TestProxy()
                .serving(
                        Mesh.outbound(Mesh.route("cart")),
                        Mesh.cluster("cart", UpstreamProtocol.HTTP1, backend.address()));
    }
}
