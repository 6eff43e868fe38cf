package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.tracery.proxy.data.Http1Peer.Message;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.loop.EndpointView;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.tracing.span.Fate;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Peers that are slow, or have gone without a word: they end by a deadline, and nobody else on their event loop notices. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class SlowPeersTest {

    /** Longer than a busy machine takes from a test's connect to what it sends then. */
    private static final Duration HEAD = Duration.ofSeconds(2);

    private static final Duration IDLE = Duration.ofSeconds(3);
    private static final int MEBIBYTE = 1 << 20;
    /** What two kernels may hold of one connection, and what the proxy may. */
    private static final int MOST_HELD = 16 * MEBIBYTE;

    private static final Listener OPAQUE = Mesh.tcp(Direction.OUTBOUND, DownstreamTls.NONE, "kv");
    private static final Listener HTTP = Mesh.outbound(Mesh.route("cart"));

    @Test
    void slowHeadsEndTogetherAndHoldUpNobody() throws Exception {
        int slow = 100;
        List<Http1Peer> crawlers = new ArrayList<>();
        try (Http1Backend backend = Http1Backend.saying("fine");
                TestProxy proxy = proxy(backend.address(), Duration.ZERO)) {
            for (int i = 0; i < slow; i++) {
                Http1Peer crawler = Http1Peer.connect(proxy.address());
                crawlers.add(crawler);
                crawler.send("GET / HTTP/1.1\r\nHost: cart\r\nx-");
            }
            assertServesOthers(proxy, "/", 20);
            for (Http1Peer crawler : crawlers) {
                assertThat(crawler.receive().status()).isEqualTo(408);
                assertThat(crawler.closed()).isTrue();
            }
            proxy.log.ended(slow + 20);
            assertThat(proxy.log.fates())
                    .containsEntry(Fate.MALFORMED_REQUEST, slow)
                    .containsEntry(Fate.SERVED, 20);
        } finally {
            close(crawlers);
        }
    }

    @Test
    void aRequestBodyThatTricklesEndsWithItsRoutesTime() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("fine");
                TestProxy proxy = proxy(backend.address(), Duration.ofMillis(700));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send("POST / HTTP/1.1\r\nHost: cart\r\nContent-Length: 1000000\r\n\r\n");
            InputStream answer = client.socket.getInputStream();
            while (answer.available() == 0) {
                client.send("x");
                assertServesOthers(proxy, "/", 1);
            }
            assertThat(client.receive().status()).isEqualTo(504);
            proxy.log.ended(proxy.log.started());
            assertThat(proxy.log.fates()).containsEntry(Fate.DEADLINE, 1).containsOnlyKeys(Fate.DEADLINE, Fate.SERVED);
            assertNothingInFlight(proxy);
        }
    }

    @Test
    void aRequestBodyThatStopsEndsWithTheIdleTime() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("fine");
                TestProxy proxy = proxy(backend.address(), Duration.ZERO);
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            try (Bystander other = new Bystander(proxy.address(), "/")) {
                client.send("POST / HTTP/1.1\r\nHost: cart\r\nContent-Length: 1000000\r\n\r\nsome");
                other.isServed();
                assertThat(client.receive().header("x-tracery-fate")).isEqualTo("deadline");
                other.isServed();
            }
            proxy.log.ended(proxy.log.started());
            assertThat(proxy.log.fates()).containsEntry(Fate.DEADLINE, 1).containsOnlyKeys(Fate.DEADLINE, Fate.SERVED);
            assertNothingInFlight(proxy);
            await().until(() -> proxy.dataPath.connections() == 0);
        }
    }

    /** Answered before its request was whole: what is left of that may come late, but not never. */
    @Test
    void theRestOfAnAnsweredRequestIsNotWaitedForForEver() throws Exception {
        try (TestProxy proxy = new TestProxy(BadInputTest.limits(HEAD, IDLE, 100), 1).serving(Mesh.outbound());
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send("POST / HTTP/1.1\r\nHost: cart\r\nContent-Length: 1000\r\n\r\nsome");
            assertThat(client.receive().status()).isEqualTo(404);
            assertThat(client.closed()).isTrue();
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.NO_ROUTE);
            await().until(() -> proxy.dataPath.connections() == 0);
        }
    }

    @Test
    void anAnswerThatTricklesEndsWithItsRoutesTime() throws Exception {
        RawServer.Talk trickle = socket -> {
            Http1Peer peer = new Http1Peer(socket);
            if (peer.receive().target().equals("/slow")) {
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
                while (true) {
                    peer.send("x");
                    LockSupport.parkNanos(5_000_000);
                }
            }
            peer.answer(200, "fine");
        };
        try (RawServer backend = new RawServer(trickle);
                TestProxy proxy = proxy(backend.address(), Duration.ofMillis(700));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send("GET /slow HTTP/1.1\r\nHost: cart\r\n\r\n");
            assertServesOthers(proxy, "/", 1);
            assertThat(client.socket.getInputStream().readAllBytes()).asString().startsWith("HTTP/1.1 200 OK");
            proxy.log.ended(2);
            assertThat(proxy.log.fates()).containsEntry(Fate.DEADLINE, 1).containsEntry(Fate.SERVED, 1);
            await().until(() -> backend.open() == 0);
        }
    }

    @Test
    void aReaderThatDoesNotReadStopsItsWriterAndNobodyElse() throws Exception {
        AtomicLong written = new AtomicLong();
        try (RawServer backend = new RawServer(socket -> endless(socket, written));
                TestProxy proxy = proxy(backend.address(), Duration.ZERO);
                Http1Peer client = withoutAppetite(proxy.address())) {
            client.send("GET /endless HTTP/1.1\r\nHost: cart\r\n\r\n");
            await().until(() -> written.get() > 0);
            assertServesOthers(proxy, "/", 50);
            // Nothing moves any more, which is what ends it.
            proxy.log.ended(51);
            assertThat(proxy.log.fates()).containsEntry(Fate.DEADLINE, 1).containsEntry(Fate.SERVED, 50);
            assertThat(bytesSent(proxy, Fate.DEADLINE)).isLessThan(MOST_HELD);
            assertThat(written.get()).isLessThan(2 * MOST_HELD);
            await().until(() -> proxy.dataPath.connections() == 0 && backend.open() == 0);
        }
    }

    @Test
    void anEndpointThatDoesNotReadStopsItsWriterAndNobodyElse() throws Exception {
        RawServer.Talk stuffed = socket -> {
            Http1Peer peer = new Http1Peer(socket);
            if (peer.head().startsWith("POST")) {
                LockSupport.parkNanos(Duration.ofSeconds(30).toNanos());
            }
            peer.answer(200, "fine");
        };
        try (RawServer backend = new RawServer(stuffed);
                TestProxy proxy = proxy(backend.address(), Duration.ZERO);
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send("POST / HTTP/1.1\r\nHost: cart\r\nContent-Length: 1000000000\r\n\r\n");
            AtomicLong written = new AtomicLong();
            Thread writer = Thread.ofVirtual().start(() -> pour(client.socket, written));
            assertServesOthers(proxy, "/", 50);
            assertThat(writer.join(Duration.ofSeconds(20))).isTrue();
            proxy.log.ended(51);
            assertThat(proxy.log.fates()).containsEntry(Fate.DEADLINE, 1).containsEntry(Fate.SERVED, 50);
            assertThat(written.get()).isLessThan(2 * MOST_HELD);
            assertNothingInFlight(proxy);
        }
    }

    /** An exchange that took longer than a connection may idle still has its last bytes delivered. */
    @Test
    void aSlowReaderGetsTheEndOfALongAnswer() throws Exception {
        // A kernel takes a little more or less each time: of answers about as long, the end of some waits in the proxy.
        int held = (int) heldOfAnAnswerThatNobodyReads();
        AtomicInteger waited = new AtomicInteger();
        List<Callable<Void>> readers = IntStream.range(0, 16)
                .mapToObj(i -> lateReader(held + (i - 11) * 8 * 1024, waited))
                .toList();
        try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Void> reader : each.invokeAll(readers)) {
                reader.get();
            }
        }
        assumeThat(waited).hasPositiveValue();
    }

    /** Reads nothing until its answer is written and connections have been looked at for some that are to end. */
    private static Callable<Void> lateReader(int length, AtomicInteger waited) {
        RawServer.Talk late = socket -> {
            Http1Peer peer = new Http1Peer(socket);
            peer.receive();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
            for (int i = 0; i < 10; i++) {
                LockSupport.parkNanos(IDLE.toNanos() / 8);
                peer.send("x");
            }
            socket.getOutputStream().write(new byte[length - 10]);
            socket.getInputStream().readAllBytes();
        };
        return () -> {
            try (RawServer backend = new RawServer(late);
                    TestProxy proxy = proxy(backend.address(), Duration.ZERO);
                    Http1Peer client = withoutAppetite(proxy.address())) {
                client.send("GET / HTTP/1.1\r\nHost: cart\r\nConnection: close\r\n\r\n");
                // One that the proxy does not hold whole ends while nobody reads it.
                if (proxy.log.only().fate() == Fate.SERVED) {
                    LockSupport.parkNanos(IDLE.dividedBy(2).toNanos());
                    waited.addAndGet(proxy.dataPath.connections());
                    assertThat(client.receive().text()).hasSize(length);
                }
                return null;
            }
        };
    }

    /** Bytes that kernels take of an answer, and those that the proxy takes then before it asks for no more. */
    private static long heldOfAnAnswerThatNobodyReads() throws Exception {
        try (RawServer backend = new RawServer(socket -> endless(socket, new AtomicLong()));
                TestProxy proxy = proxy(backend.address(), Duration.ZERO);
                Http1Peer client = withoutAppetite(proxy.address())) {
            client.send("GET /endless HTTP/1.1\r\nHost: cart\r\n\r\n");
            return proxy.log.only().bytesSent();
        }
    }

    @Test
    void opaqueConnectionsOfWhichNothingIsHeardAreEnded() throws Exception {
        try (RawServer backend = new RawServer(socket -> socket.getInputStream().readAllBytes());
                Http1Backend honest = Http1Backend.saying("fine");
                TestProxy proxy = tcp(backend, honest);
                Http1Peer client = Http1Peer.connect(proxy.address(OPAQUE.name()))) {
            try (Bystander other = new Bystander(proxy.address(HTTP.name()), "/")) {
                client.send("hello");
                other.isServed();
                assertThat(client.closed()).isTrue();
                other.isServed();
            }
            assertThat(proxy.log.endedAs(Fate.DEADLINE).bytesReceived()).isEqualTo(5);
            await().until(() -> proxy.dataPath.connections() == 0 && backend.open() == 0);
        }
    }

    /** Its last bytes cannot be delivered; the connection goes nevertheless. */
    @Test
    void anOpaqueReaderThatDoesNotReadIsEnded() throws Exception {
        AtomicLong written = new AtomicLong();
        try (RawServer backend = new RawServer(socket -> pour(socket, written));
                Http1Backend honest = Http1Backend.saying("fine");
                TestProxy proxy = tcp(backend, honest);
                Http1Peer client = withoutAppetite(proxy.address(OPAQUE.name()))) {
            try (Bystander other = new Bystander(proxy.address(HTTP.name()), "/")) {
                await().until(() -> written.get() > 0);
                other.isServed();
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> proxy.log.fates().containsKey(Fate.DEADLINE));
                other.isServed();
            }
            assertThat(proxy.log.endedAs(Fate.DEADLINE).bytesSent()).isLessThan(MOST_HELD);
            await().until(() -> proxy.dataPath.connections() == 0 && backend.open() == 0);
            assertThat(client.socket.isClosed()).isFalse();
        }
    }

    private static void endless(Socket socket, AtomicLong written) throws IOException {
        Http1Peer peer = new Http1Peer(socket);
        while (!peer.receive().target().equals("/endless")) {
            peer.answer(200, "fine");
        }
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
        pour(socket, written);
    }

    /** Writes until the other side goes away. */
    private static void pour(Socket socket, AtomicLong written) {
        byte[] piece = new byte[10_000];
        try {
            while (written.get() < 1_000_000_000) {
                socket.getOutputStream().write(piece);
                written.addAndGet(piece.length);
            }
        } catch (IOException e) {
            // As expected.
        }
    }

    private static Http1Peer withoutAppetite(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(address);
        return new Http1Peer(socket);
    }

    private static void assertServesOthers(TestProxy proxy, String path, int times) throws IOException {
        try (Http1Peer other = Http1Peer.connect(proxy.address())) {
            for (int i = 0; i < times; i++) {
                Message answer = other.get(path);
                assertThat(answer.text()).isEqualTo("fine");
            }
        }
    }

    private static long bytesSent(TestProxy proxy, Fate fate) {
        return proxy.log.ended(proxy.log.started()).stream()
                .filter(exchange -> exchange.fate() == fate)
                .mapToLong(Exchange::bytesSent)
                .sum();
    }

    static void assertNothingInFlight(TestProxy proxy) {
        await().untilAsserted(() -> assertThat(proxy.dataPath.endpoints(Duration.ofSeconds(5)).values().stream()
                        .flatMap(List::stream)
                        .mapToInt(EndpointView::inFlight))
                .containsOnly(0));
    }

    private static void close(List<Http1Peer> peers) throws IOException {
        for (Http1Peer peer : peers) {
            peer.close();
        }
    }

    private static TestProxy tcp(RawServer backend, Http1Backend honest) {
        return new TestProxy(BadInputTest.limits(HEAD, IDLE, 100), 1)
                .serving(
                        List.of(OPAQUE, HTTP),
                        List.of(Mesh.cluster("kv", backend.address()), Mesh.cluster("cart", honest.address())));
    }

    private static TestProxy proxy(InetSocketAddress backend, Duration timeout) {
        return new TestProxy(BadInputTest.limits(HEAD, IDLE, 1_000), 1)
                .serving(Mesh.outbound(Mesh.route("cart", timeout, RetryPolicy.NONE)), Mesh.cluster("cart", backend));
    }
}
