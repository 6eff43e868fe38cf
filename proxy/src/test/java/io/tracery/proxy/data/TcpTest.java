package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.tracing.span.Fate;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@ExtendWith(LeakCheck.class)
class TcpTest {

    private static final TestCa CA = new TestCa();
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int LARGE = 64 * 1024 * 1024;

    /** Answers only when its client has said everything, as many a protocol does. */
    private static final RawServer.Talk ECHO_AT_THE_END = socket -> {
        byte[] all = socket.getInputStream().readAllBytes();
        socket.getOutputStream().write(all);
    };

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void echoesAndKeepsEachDirectionOpenUntilItsSenderEndsIt(boolean mutualTls) throws Exception {
        try (RawServer backend = new RawServer(ECHO_AT_THE_END);
                Pair pair = new Pair(backend.address(), mutualTls);
                Socket client = connect(pair.address())) {
            client.getOutputStream().write("say it again".getBytes(StandardCharsets.US_ASCII));
            client.shutdownOutput();
            assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("say it again");

            for (TestProxy proxy : pair.proxies()) {
                Exchange exchange = proxy.log.only();
                assertThat(exchange.fate()).isEqualTo(Fate.SERVED);
                assertThat(exchange.protocol()).isEqualTo(Protocol.TCP);
                assertThat(exchange.mutualTls()).isEqualTo(mutualTls);
                assertThat(exchange.bytesReceived()).isEqualTo(12);
                assertThat(exchange.bytesSent()).isEqualTo(12);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void deliversALongAnswerToAClientThatHasSaidAll(boolean mutualTls) throws Exception {
        RawServer.Talk longAnswer = socket -> {
            socket.getInputStream().readAllBytes();
            socket.getOutputStream().write(new byte[LARGE]);
        };
        try (RawServer backend = new RawServer(longAnswer);
                Pair pair = new Pair(backend.address(), mutualTls);
                Socket client = connect(pair.address())) {
            client.shutdownOutput();
            // Let it wait for room, which is when a half-closed connection is easily forgotten.
            LockSupport.parkNanos(200_000_000);
            assertThat(client.getInputStream().readAllBytes()).hasSize(LARGE);
            assertThat(pair.proxies()[0].log.only().fate()).isEqualTo(Fate.SERVED);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void letsTheServerSpeakFirst(boolean mutualTls) throws Exception {
        RawServer.Talk greeting = socket -> {
            socket.getOutputStream().write("220 ready".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo('!');
        };
        try (RawServer backend = new RawServer(greeting);
                Pair pair = new Pair(backend.address(), mutualTls);
                Socket client = connect(pair.address())) {
            assertThat(client.getInputStream().readNBytes(9)).asString().isEqualTo("220 ready");
            client.getOutputStream().write('!');
            assertThat(client.getInputStream().read()).isNegative();
        }
    }

    @Test
    void letsTheServerSpeakFirstToAPlainCallerWherePolicyIsPermissive() throws Exception {
        RawServer.Talk greeting = socket -> {
            socket.getOutputStream().write("220 ready".getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().read();
        };
        try (RawServer backend = new RawServer(greeting);
                TestProxy inbound = new TestProxy()
                        .with(CA.identity("kv"))
                        .serving(
                                Mesh.tcp(Direction.INBOUND, DownstreamTls.PERMISSIVE, "app"),
                                Mesh.cluster("app", backend.address()));
                Socket client = connect(inbound.address())) {
            assertThat(client.getInputStream().readNBytes(9)).asString().isEqualTo("220 ready");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void movesALargeAmountInBoundedMemoryPastASlowReader(boolean mutualTls) throws Exception {
        CRC32 sum = new CRC32();
        RawServer.Talk slowReader = socket -> {
            byte[] buffer = new byte[256 * 1024];
            InputStream in = socket.getInputStream();
            // Nothing is read for a while: whoever does not hold the sender back fills its memory.
            LockSupport.parkNanos(300_000_000);
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                sum.update(buffer, 0, n);
            }
            socket.getOutputStream().write(Long.toHexString(sum.getValue()).getBytes(StandardCharsets.US_ASCII));
        };
        try (RawServer backend = new RawServer(slowReader);
                Pair pair = new Pair(backend.address(), mutualTls);
                Socket client = connect(pair.address())) {
            CRC32 sent = new CRC32();
            byte[] block = new byte[64 * 1024];
            OutputStream out = client.getOutputStream();
            for (int i = 0; i < LARGE / block.length; i++) {
                Arrays.fill(block, (byte) i);
                sent.update(block);
                out.write(block);
            }
            client.shutdownOutput();
            assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo(Long.toHexString(sent.getValue()));
            assertThat(pair.proxies()[0].log.only().bytesReceived()).isEqualTo(LARGE);
            assertThat(io.netty.buffer.PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory())
                    .as("direct memory of everything in this process")
                    .isLessThan(LARGE);
        }
    }

    @Test
    void triesAnotherEndpointWhenOneRefuses() throws Exception {
        try (RawServer backend = new RawServer(ECHO_AT_THE_END);
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.tcp(Direction.OUTBOUND, DownstreamTls.NONE, "kv"),
                                Mesh.cluster("kv", RawServer.nobody(), backend.address()))) {
            for (int i = 1; i <= 6; i++) {
                try (Socket client = connect(proxy.address())) {
                    client.getOutputStream().write('x');
                    client.shutdownOutput();
                    assertThat(client.getInputStream().readAllBytes()).hasSize(1);
                }
                assertThat(proxy.log.ended(i).getLast().fate()).isEqualTo(Fate.SERVED);
            }
            assertThat(proxy.log.ended(6))
                    .anyMatch(exchange -> exchange.attempts().size() == 2);
        }
    }

    @Test
    void endsTheConnectionWhereNobodyCanBeReached() throws Exception {
        try (TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.tcp(Direction.OUTBOUND, DownstreamTls.NONE, "kv"),
                                Mesh.cluster("kv", RawServer.nobody()));
                Socket client = connect(proxy.address())) {
            assertThat(client.getInputStream().read()).isNegative();
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.CONNECT_REFUSED);
            assertThat(proxy.log.only().peer().name()).isEqualTo("kv");
        }
    }

    @Test
    void aResetOfEitherSideReachesTheOther() throws Exception {
        Queue<String> heard = new ConcurrentLinkedQueue<>();
        RawServer.Talk reset = socket -> {
            try {
                for (int b = 0; b != 'x'; ) {
                    b = socket.getInputStream().read();
                    heard.add("" + (char) b);
                }
            } catch (SocketException e) {
                heard.add("reset");
            }
            socket.setSoLinger(true, 0);
        };
        try (RawServer backend = new RawServer(reset);
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.tcp(Direction.OUTBOUND, DownstreamTls.NONE, "kv"),
                                Mesh.cluster("kv", backend.address()))) {
            try (Socket client = connect(proxy.address())) {
                client.getOutputStream().write('x');
                assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
            }
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.RESET_BEFORE_HEADERS);

            Socket client = connect(proxy.address());
            client.getOutputStream().write('y');
            await().untilAsserted(() -> assertThat(heard).containsExactly("x", "y"));
            client.setSoLinger(true, 0);
            client.close();
            assertThat(proxy.log.ended(2).getLast().fate()).isEqualTo(Fate.CLIENT_GONE);
            await().untilAsserted(() -> assertThat(heard).containsExactly("x", "y", "reset"));
        }
    }

    private static Socket connect(InetSocketAddress address) throws Exception {
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    /** The client's proxy and the server's. */
    private static final class Pair implements AutoCloseable {

        private final TestProxy inbound;
        private final TestProxy outbound;

        Pair(InetSocketAddress backend, boolean mutualTls) {
            inbound = new TestProxy()
                    .with(CA.identity("kv"))
                    .serving(
                            Mesh.tcp(
                                    Direction.INBOUND,
                                    mutualTls ? DownstreamTls.STRICT : DownstreamTls.NONE,
                                    "inbound/6379"),
                            Mesh.cluster("inbound/6379", backend));
            outbound = new TestProxy()
                    .with(CA.identity("cart"))
                    .serving(
                            Mesh.tcp(Direction.OUTBOUND, DownstreamTls.NONE, "kv"),
                            mutualTls
                                    ? Mesh.secured("kv", TestCa.spiffeId("kv"), inbound.address())
                                    : Mesh.cluster("kv", inbound.address()));
        }

        InetSocketAddress address() {
            return outbound.address();
        }

        TestProxy[] proxies() {
            return new TestProxy[] {outbound, inbound};
        }

        @Override
        public void close() {
            outbound.close();
            inbound.close();
        }
    }
}
