package io.tracery.proxy.data;

import static io.tracery.proxy.data.RawHttp2.frame;
import static io.tracery.proxy.data.RawHttp2.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.tracery.proxy.loop.BufferMemory;
import io.tracery.proxy.loop.Overload;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.proxy.upstream.Limits;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every connection keeps to its own bounds, and there are many of them: their sum has a bound, too. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class OverloadTest {

    private static final int MEBIBYTE = 1 << 20;

    /** For each some 100 KiB are read before it is found not to take them. */
    private static final int READERS = 200;

    private static final Overload LITTLE = new Overload(4 * MEBIBYTE, 6 * MEBIBYTE, 1_000);

    private static final Listener HTTP = Mesh.outbound(Mesh.route("cart"));
    private static final Listener TCP = Mesh.tcp(Direction.OUTBOUND, DownstreamTls.NONE, "cart");

    private final List<AutoCloseable> readers = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable reader : readers) {
            reader.close();
        }
    }

    @Test
    void connectionsThatAreNotReadMakeRoomForThoseThatAre() throws Exception {
        assertRelieved(HTTP, address -> ask(address, READERS));
    }

    @Test
    void streamsThatAreNotReadMakeRoomForThoseThatAre() throws Exception {
        assertRelieved(HTTP, address -> {
            for (int i = 0; i < READERS; i++) {
                RawHttp2 reader = new RawHttp2(withoutAppetite(address));
                readers.add(reader);
                // SETTINGS_INITIAL_WINDOW_SIZE, and the connection's window: no window holds anything up.
                reader.send(frame(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 4, 0x7f, -1, -1, -1}));
                reader.send(frame(RawHttp2.WINDOW_UPDATE, 0, 0, number(1 << 30)));
                int flags = RawHttp2.END_HEADERS | RawHttp2.END_STREAM;
                for (int id = 1; id < 6; id += 2) {
                    reader.send(frame(RawHttp2.HEADERS, flags, id, RawHttp2.get("/endless")));
                }
            }
        });
    }

    @Test
    void tcpConnectionsThatAreNotReadMakeRoomForThoseThatAre() throws Exception {
        assertRelieved(TCP, address -> ask(address, READERS));
    }

    private interface Flood {
        void begin(InetSocketAddress address) throws IOException;
    }

    private void assertRelieved(Listener listener, Flood flood) throws Exception {
        try (RawServer backend = new RawServer(OverloadTest::fineOrEndless);
                TestProxy proxy = proxy(LITTLE, listener, backend.address())) {
            BufferMemory memory = proxy.dataPath.memory();
            flood.begin(proxy.address());
            await().until(() -> memory.dropped() > 0);
            await().until(() -> !memory.full());
            await().until(() -> status(proxy, "kube-probe/1.34") == 200);
            // Once the readers are gone all is as before.
            close();
            await().until(() -> !memory.high());
            assertThat(status(proxy, "anybody")).isEqualTo(200);
        }
    }

    @Test
    void aboveTheFirstBoundNothingNewBeginsButHealthChecks() throws Exception {
        Overload patient = new Overload(4 * MEBIBYTE, 1L << 40, 1_000);
        try (RawServer backend = new RawServer(OverloadTest::fineOrEndless);
                TestProxy proxy = proxy(patient, HTTP, backend.address());
                Http1Peer early = Http1Peer.connect(proxy.address())) {
            assertThat(early.get("/").status()).isEqualTo(200);
            BufferMemory memory = proxy.dataPath.memory();
            ask(proxy.address(), READERS);
            await().until(memory::high);
            await().until(() -> proxy.log.started() == 1 + READERS);
            long before = memory.shed();
            Http1Peer.Message refused = early.get("/");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("connection")).isEqualTo("close");
            assertThat(status(proxy, "anybody")).isEqualTo(503);
            assertThat(status(proxy, "kube-probe/1.34")).isEqualTo(200);
            assertThat(memory.shed()).isEqualTo(before + 2);
            assertThat(memory.dropped()).isZero();
            close();
            await().until(() -> !memory.high());
            assertThat(status(proxy, "anybody")).isEqualTo(200);
        }
    }

    @Test
    void aboveTheSecondBoundAFewMayStillAskWhetherItLives() throws Exception {
        ByteBuf held = BufferMemory.ALLOCATOR.directBuffer(2 * MEBIBYTE);
        try (Http1Backend backend = Http1Backend.saying("fine");
                TestProxy proxy = proxy(new Overload(MEBIBYTE / 2, MEBIBYTE, 1_000), HTTP, backend.address())) {
            await().until(proxy.dataPath.memory()::full);
            for (int i = 0; i < 40; i++) {
                assertThat(status(proxy, "kube-probe/1.34")).isEqualTo(200);
                assertThat(status(proxy, "anybody")).isEqualTo(503);
                await().until(() -> proxy.dataPath.connections() == 0);
            }
            long before = proxy.dataPath.refusals().overloads();
            for (int i = 0; i < 16; i++) {
                readers.add(Http1Peer.connect(proxy.address()));
            }
            await().until(() -> proxy.dataPath.connections() == 16);
            assertThat(status(proxy, "kube-probe/1.34")).isZero();
            assertThat(proxy.dataPath.refusals().overloads()).isEqualTo(before + 1);
        } finally {
            held.release();
        }
    }

    @Test
    void aboveTheFirstBoundAGrpcServerIsStillAskedWhetherItLives() throws Exception {
        Overload patient = new Overload(4 * MEBIBYTE, 1L << 40, 1_000);
        Listener both = Mesh.outbound(Mesh.at("/endless", "cart"), Mesh.route("grpc"));
        try (RawServer backend = new RawServer(OverloadTest::fineOrEndless);
                GrpcServer server = new GrpcServer();
                TestProxy proxy = new TestProxy(new DataPathConfig(1, Limits.DEFAULT, "", patient))
                        .serving(
                                both,
                                Mesh.cluster("cart", UpstreamProtocol.HTTP1, backend.address()),
                                Mesh.cluster("grpc", server.address()))) {
            ManagedChannel channel = GrpcServer.dial(proxy.address());
            readers.add(channel::shutdownNow);
            assertThat(GrpcServer.call(channel, GrpcServer.ECHO)).isEqualTo(Status.Code.OK);
            BufferMemory memory = proxy.dataPath.memory();
            ask(proxy.address(), READERS);
            await().until(memory::high);
            await().until(() -> proxy.log.started() == 1 + READERS);
            long before = memory.shed();
            assertThat(GrpcServer.call(channel, GrpcServer.HEALTH)).isEqualTo(Status.Code.OK);
            assertThat(GrpcServer.call(channel, GrpcServer.ECHO)).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(GrpcServer.call(channel, GrpcServer.HEALTH)).isEqualTo(Status.Code.OK);
            assertThat(memory.shed()).isEqualTo(before + 1);
            close();
            await().until(() -> !memory.high());
        }
    }

    @Test
    void oneConnectionTooManyIsClosedAndTheOthersGoOn() throws Exception {
        Overload three = new Overload(64 * MEBIBYTE, 65 * MEBIBYTE, 3);
        try (Http1Backend backend = Http1Backend.saying("fine");
                TestProxy proxy = proxy(three, HTTP, backend.address())) {
            List<Http1Peer> clients = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Http1Peer client = Http1Peer.connect(proxy.address());
                readers.add(client);
                clients.add(client);
                assertThat(client.get("/").text()).isEqualTo("fine");
            }
            for (int i = 0; i < 20; i++) {
                try (Http1Peer flood = Http1Peer.connect(proxy.address())) {
                    assertThat(flood.closed()).isTrue();
                }
            }
            assertThat(proxy.dataPath.refusals().overloads()).isEqualTo(20);
            for (Http1Peer client : clients) {
                assertThat(client.get("/").text()).isEqualTo("fine");
            }
            clients.removeFirst().close();
            await().until(() -> proxy.dataPath.connections() == 2);
            try (Http1Peer another = Http1Peer.connect(proxy.address())) {
                assertThat(another.get("/").text()).isEqualTo("fine");
            }
        }
    }

    /** One that comes while buffers are full is closed. */
    private void ask(InetSocketAddress address, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            Http1Peer reader = new Http1Peer(withoutAppetite(address));
            readers.add(reader);
            try {
                reader.send("GET /endless HTTP/1.1\r\nHost: cart\r\n\r\n");
            } catch (IOException e) {
                reader.close();
            }
        }
    }

    /** Of the answer on a new connection, 0 where that is closed. */
    private static int status(TestProxy proxy, String agent) {
        try (Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.sendHead("GET / HTTP/1.1", "Host: cart", "User-Agent: " + agent);
            return client.receive().status();
        } catch (IOException e) {
            return 0;
        }
    }

    private static Socket withoutAppetite(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(address);
        return socket;
    }

    private static TestProxy proxy(Overload bounds, Listener listener, InetSocketAddress backend) {
        return new TestProxy(new DataPathConfig(1, Limits.DEFAULT, "", bounds))
                .serving(listener, Mesh.cluster("cart", UpstreamProtocol.HTTP1, backend));
    }

    private static void fineOrEndless(Socket socket) throws IOException {
        Http1Peer peer = new Http1Peer(socket);
        while (!peer.receive().target().equals("/endless")) {
            peer.answer(200, "fine");
        }
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
        OutputStream out = socket.getOutputStream();
        byte[] piece = new byte[64 * 1024];
        for (int i = 0; i < 1_000_000_000 / piece.length; i++) {
            out.write(piece);
        }
    }
}
