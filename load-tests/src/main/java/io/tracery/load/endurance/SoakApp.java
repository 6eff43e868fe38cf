package io.tracery.load.endurance;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * An application of four ports: HTTP/1.1, where a path says how it behaves and an upgrade becomes an echo; gRPC; an echo of
 * opaque bytes; and HTTP/2. It can be restarted, or reset everything that is open on the first and the third.
 */
final class SoakApp implements AutoCloseable {

    /** Sends a message back. */
    static final MethodDescriptor<byte[], byte[]> ECHO = MethodDescriptor.newBuilder(new Bytes(), new Bytes())
            .setFullMethodName("soak.Echo/Call")
            .setType(MethodDescriptor.MethodType.UNARY)
            .build();

    private static final int BIG = 200_000;

    /** More than sockets and sidecars between have room for. */
    static final int HUGE = 8_000_000;

    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Server grpc;
    private final SoakStreams streams = new SoakStreams();
    private volatile ServerSocket http;
    private volatile ServerSocket echo;

    private interface Talk {
        void with(SoakPeer peer) throws IOException;
    }

    SoakApp() throws IOException {
        http = listen(0, SoakApp::serve);
        echo = listen(0, SoakApp::echo);
        BindableService service = () -> ServerServiceDefinition.builder("soak.Echo")
                .addMethod(ECHO, ServerCalls.asyncUnaryCall((request, answer) -> {
                    answer.onNext(request);
                    answer.onCompleted();
                }))
                .build();
        grpc = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(service)
                .build()
                .start();
    }

    int httpPort() {
        return http.getLocalPort();
    }

    int echoPort() {
        return echo.getLocalPort();
    }

    int grpcPort() {
        return grpc.getPort();
    }

    int http2Port() {
        return streams.port();
    }

    /** Ends every connection of HTTP/1 and of opaque bytes at once, without a word. */
    void resetAll() throws IOException {
        for (Socket socket : open) {
            try (socket) {
                socket.setSoLinger(true, 0);
            } catch (SocketException e) {
                // Its client, or the one who serves it, was faster.
            }
        }
    }

    /** Listens to nobody for a moment, as an application that is started anew. */
    void restart() throws IOException, InterruptedException {
        int httpPort = httpPort();
        int echoPort = echoPort();
        http.close();
        echo.close();
        resetAll();
        TimeUnit.MILLISECONDS.sleep(300);
        http = listen(httpPort, SoakApp::serve);
        echo = listen(echoPort, SoakApp::echo);
    }

    private ServerSocket listen(int port, Talk talk) throws IOException {
        ServerSocket server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 256);
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    Thread.ofVirtual().start(() -> talk(socket, talk));
                } catch (IOException e) {
                    return;
                }
            }
        });
        return server;
    }

    private void talk(Socket socket, Talk talk) {
        open.add(socket);
        try (SoakPeer peer = new SoakPeer(socket)) {
            talk.with(peer);
        } catch (IOException e) {
            // The other side is done, or was reset.
        } finally {
            open.remove(socket);
        }
    }

    private static void serve(SoakPeer peer) throws IOException {
        while (true) {
            SoakPeer.Message request = peer.receive();
            String target = request.start().split(" ")[1];
            if (request.header("upgrade") != null) {
                peer.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
                echo(peer);
                return;
            }
            switch (target) {
                case "/reset" -> {
                    peer.reset();
                    return;
                }
                case "/half" -> {
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
                    return;
                }
                case "/error" -> peer.send("HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n");
                case "/big" -> body(peer, BIG);
                case "/huge" -> body(peer, HUGE);
                default ->
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: "
                            + request.body().length() + "\r\n\r\n"
                            + request.body());
            }
        }
    }

    private static void body(SoakPeer peer, int bytes) throws IOException {
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + bytes + "\r\n\r\n");
        peer.send(new byte[bytes]);
    }

    private static void echo(SoakPeer peer) throws IOException {
        for (byte[] said = peer.some(); said.length > 0; said = peer.some()) {
            peer.send(said);
        }
    }

    @Override
    public void close() throws IOException {
        http.close();
        echo.close();
        resetAll();
        grpc.shutdownNow();
        streams.close();
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
