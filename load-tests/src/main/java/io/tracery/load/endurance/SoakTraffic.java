package io.tracery.load.endurance;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.tracery.load.endurance.SoakPeer.Message;
import io.tracery.load.lab.load.Ask;
import io.tracery.load.lab.load.OpenLoop;
import io.tracery.load.lab.load.OpenLoopResult;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Clients of every kind, well behaved and not, that count what they asked for. */
final class SoakTraffic {

    private static final int PAUSE_MILLIS = 4;
    private static final int JOIN_SECONDS = 90;
    private static final int LITTLE_BUFFER = 16 * 1024;

    private final SoakMesh mesh;
    private final List<Thread> clients = new ArrayList<>();
    private final Map<String, LongAdder> asked = new ConcurrentSkipListMap<>();
    private final Map<String, LongAdder> outcomes = new ConcurrentSkipListMap<>();
    private final LongAdder uncertain = new LongAdder();
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private volatile boolean over;

    private interface Client {
        void turn(SplittableRandom random) throws Exception;
    }

    SoakTraffic(SoakMesh mesh) {
        this.mesh = mesh;
    }

    void start(SplittableRandom random) {
        for (int i = 0; i < 4; i++) {
            run("http", new KeepAlive(), random.split());
        }
        run("websocket", this::webSocket, random.split());
        run("rude", this::rude, random.split());
        run("slow", this::slow, random.split());
        run("tcp", this::opaque, random.split());
        run("tcp", this::opaque, random.split());
        run("http2", chance -> streams(), random.split());
        ManagedChannel channel = NettyChannelBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), mesh.rpcPort()))
                .usePlaintext()
                .disableRetry()
                .build();
        run("grpc", chance -> call(channel, chance), random.split());
        run("grpc", chance -> call(channel, chance), random.split());
        clients.add(Thread.ofPlatform().daemon().start(() -> {
            while (!over) {
                pause(PAUSE_MILLIS);
            }
            // The last calls end first.
            pause(1_000);
            channel.shutdown();
        }));
    }

    private void run(String name, Client client, SplittableRandom random) {
        clients.add(Thread.ofPlatform().daemon().name("soak " + name).start(() -> {
            while (!over) {
                try {
                    client.turn(random);
                } catch (Exception e) {
                    outcome(name + " " + e.getClass().getSimpleName());
                }
                pause(PAUSE_MILLIS);
            }
            if (client instanceof KeepAlive keepAlive) {
                keepAlive.close();
            }
        }));
    }

    /** Lets every client finish its turn; false when one does not come back. */
    boolean stop() throws InterruptedException {
        over = true;
        for (Thread client : clients) {
            if (!client.join(java.time.Duration.ofSeconds(JOIN_SECONDS))) {
                return false;
            }
        }
        loop.shutdownGracefully();
        return true;
    }

    /** What was asked for, by protocol as the sidecar calls it. */
    Map<String, Long> asked() {
        return sums(asked);
    }

    Map<String, Long> outcomes() {
        return sums(outcomes);
    }

    /** Requests of which nobody can say whether the sidecar saw them: its connection was gone. */
    long uncertain() {
        return uncertain.sum();
    }

    /** One keep-alive connection of HTTP/1.1. */
    private final class KeepAlive implements Client {

        private @Nullable SoakPeer connection;

        @Override
        public void turn(SplittableRandom random) throws IOException {
            SoakPeer peer = connection;
            boolean fresh = peer == null;
            if (peer == null) {
                peer = SoakPeer.connect(mesh.webPort());
                connection = peer;
            }
            String request = switch (random.nextInt(20)) {
                case 0 -> "GET /reset HTTP/1.1\r\nHost: web\r\n\r\n";
                case 1 -> "GET /half HTTP/1.1\r\nHost: web\r\n\r\n";
                case 2 -> "GET /error HTTP/1.1\r\nHost: web\r\n\r\n";
                case 3 -> "GET /big HTTP/1.1\r\nHost: web\r\n\r\n";
                case 4 -> "POST / HTTP/1.1\r\nHost: web\r\nContent-Length: 50000\r\n\r\n" + "y".repeat(50_000);
                case 5, 6, 7, 8 -> "GET /split/a HTTP/1.1\r\nHost: web\r\n\r\n";
                default -> "POST / HTTP/1.1\r\nHost: web\r\nContent-Length: 5\r\n\r\nhello";
            };
            count("http");
            try {
                peer.send(request);
                Message answer = peer.receive();
                outcome("http " + answer.start().split(" ")[1]);
                if (answer.closes()) {
                    close();
                }
            } catch (IOException e) {
                if (!fresh && String.valueOf(e.getMessage()).startsWith("closed before")) {
                    uncertain.increment();
                }
                close();
                throw e;
            }
        }

        void close() {
            SoakPeer peer = connection;
            connection = null;
            if (peer != null) {
                try {
                    peer.close();
                } catch (IOException e) {
                    // It was gone already.
                }
            }
        }
    }

    private void webSocket(SplittableRandom random) throws IOException {
        try (SoakPeer peer = SoakPeer.connect(mesh.webPort())) {
            count("http");
            peer.send("GET /socket HTTP/1.1\r\nHost: web\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
            String status = peer.receive().start().split(" ")[1];
            outcome("websocket " + status);
            int times = status.equals("101") ? random.nextInt(1, 10) : 0;
            for (int i = 0; i < times; i++) {
                peer.send("ping");
                peer.exactly(4);
            }
        }
    }

    /** Asks and goes away, at once or in the middle of its request, or says what is not HTTP. */
    private void rude(SplittableRandom random) throws IOException {
        try (SoakPeer peer = SoakPeer.connect(mesh.webPort())) {
            count("http");
            switch (random.nextInt(3)) {
                case 0 -> peer.send("GET /big HTTP/1.1\r\nHost: web\r\n\r\n");
                case 1 -> peer.send("POST / HTTP/1.1\r\nHost: web\r\nContent-Length: 1000\r\n\r\npart");
                default -> {
                    peer.send("NONSENSE\r\n\r\n");
                    outcome("rude " + peer.receive().start().split(" ")[1]);
                }
            }
            pause(random.nextInt(10));
        }
    }

    /** Takes two megabytes a second, at most, of a body that no buffer on the way has room for. */
    private void slow(SplittableRandom random) throws IOException {
        try (SoakPeer peer = SoakPeer.connect(mesh.webPort(), LITTLE_BUFFER)) {
            count("http");
            peer.send("GET /huge HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n");
            long bytes = 0;
            for (int got = peer.some().length; got > 0; got = peer.some().length) {
                bytes += got;
                pause(random.nextInt(1, 4));
            }
            outcome(bytes > SoakApp.HUGE ? "slow whole" : "slow part");
        }
    }

    /** Many requests on few connections of HTTP/2. */
    private void streams() throws IOException, InterruptedException {
        OpenLoopResult result = OpenLoop.run(loop, new OpenLoop.Plan(mesh.apiPort(), Ask.HTTP2, 100, 2, 32, 0));
        count("http", result.requests());
        outcome("http2", result.requests());
        outcome("http2 not answered with 200 in time", result.errors());
    }

    private void opaque(SplittableRandom random) throws IOException {
        try (SoakPeer peer = SoakPeer.connect(mesh.kvPort())) {
            count("tcp");
            int times = random.nextInt(1, 20);
            for (int i = 0; i < times; i++) {
                peer.send("ping");
                peer.exactly(4);
            }
            outcome("tcp echoed");
        }
    }

    private void call(ManagedChannel channel, SplittableRandom random) {
        count("grpc");
        try {
            ClientCalls.blockingUnaryCall(
                    channel,
                    SoakApp.ECHO,
                    CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS),
                    new byte[random.nextInt(2_000)]);
            outcome("grpc OK");
        } catch (StatusRuntimeException e) {
            outcome("grpc " + e.getStatus().getCode());
        }
    }

    private void count(String protocol) {
        count(protocol, 1);
    }

    private void count(String protocol, long times) {
        asked.computeIfAbsent(protocol, key -> new LongAdder()).add(times);
    }

    private void outcome(String what) {
        outcome(what, 1);
    }

    private void outcome(String what, long times) {
        outcomes.computeIfAbsent(what, key -> new LongAdder()).add(times);
    }

    private static Map<String, Long> sums(Map<String, LongAdder> counts) {
        Map<String, Long> sums = new TreeMap<>();
        counts.forEach((key, count) -> sums.put(key, count.sum()));
        return sums;
    }

    private static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
