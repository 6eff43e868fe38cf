package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.Balancer;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.proxy.mesh.Listener;
import io.tracery.tracing.span.Fate;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Two endpoints share what comes at one time: connections of opaque bytes, and the requests on one connection of a client's. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class SpreadTest {

    private static final int MANY = 20;

    private final Crowd crowd = new Crowd();
    private final List<AutoCloseable> open = new ArrayList<>();

    /** Each with how many either endpoint gets at least. */
    static Stream<Arguments> balancers() {
        return Stream.of(
                arguments(new Balancer.RoundRobin(), MANY / 2),
                arguments(new Balancer.LeastRequest(2), MANY / 2),
                arguments(new Balancer.PeakEwma(), 1),
                arguments(new Balancer.Random(), 1));
    }

    /** Whom it reached. Nobody is answered before all have come. */
    private static final class Crowd {

        private final Map<String, Integer> reached = new HashMap<>();
        private final List<Runnable> answers = new ArrayList<>();

        synchronized void came(String endpoint, Runnable answer) {
            reached.merge(endpoint, 1, Integer::sum);
            answers.add(answer);
            if (answers.size() == MANY) {
                answers.forEach(Runnable::run);
            }
        }

        synchronized boolean complete() {
            return answers.size() == MANY;
        }

        synchronized void assertBothReached(int atLeast) {
            assertThat(reached).containsOnlyKeys("one", "two");
            assertThat(reached.values())
                    .allMatch(count -> count >= atLeast)
                    .satisfies(counts -> assertThat(
                                    counts.stream().mapToInt(count -> count).sum())
                            .isEqualTo(MANY));
        }
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open.reversed()) {
            one.close();
        }
    }

    @ParameterizedTest
    @MethodSource("balancers")
    void connectionsOfOpaqueBytes(Balancer balancer, int atLeast) throws Exception {
        TestProxy proxy =
                proxy(Mesh.tcp(Direction.OUTBOUND, DownstreamTls.NONE, "cart"), balancer, opaque("one"), opaque("two"));
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            clients.add(new Socket(proxy.address().getAddress(), proxy.address().getPort()));
        }
        await().until(crowd::complete);
        crowd.assertBothReached(atLeast);
        for (Socket client : clients) {
            client.close();
        }
        assertThat(proxy.log.ended(MANY)).allMatch(exchange -> exchange.protocol() == Protocol.TCP);
    }

    @ParameterizedTest
    @MethodSource("balancers")
    void requestsOnOneHttp2Connection(Balancer balancer, int atLeast) throws Exception {
        Http2Peers peers = new Http2Peers();
        open.add(peers);
        TestProxy proxy = proxy(Mesh.outbound(Mesh.route("cart")), balancer, serve(peers, "one"), serve(peers, "two"));
        Channel client = peers.connect(proxy.address());
        List<CompletableFuture<String>> answers = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            Http2Headers get = new DefaultHttp2Headers().method("GET").scheme("http");
            answers.add(peers.ask(client, get.authority("cart").path("/")));
        }
        for (CompletableFuture<String> answer : answers) {
            assertThat(answer.get()).isEqualTo("204 ");
        }
        crowd.assertBothReached(atLeast);
        assertThat(proxy.dataPath.connections()).isEqualTo(1);
        assertThat(proxy.log.ended(MANY)).allMatch(exchange -> exchange.protocol() == Protocol.HTTP2);
    }

    @ParameterizedTest
    @MethodSource("balancers")
    void callsOnOneGrpcChannel(Balancer balancer, int atLeast) throws Exception {
        TestProxy proxy = proxy(Mesh.outbound(Mesh.route("cart")), balancer, grpc("one"), grpc("two"));
        ManagedChannel channel = GrpcServer.dial(proxy.address());
        open.add(channel::shutdownNow);
        List<Future<byte[]>> answers = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            answers.add(GrpcServer.begin(channel, GrpcTest.method("Wait", MethodType.UNARY)));
        }
        for (Future<byte[]> answer : answers) {
            assertThat(answer.get(20, TimeUnit.SECONDS)).containsExactly(1);
        }
        crowd.assertBothReached(atLeast);
        assertThat(proxy.dataPath.connections()).isEqualTo(1);
        assertThat(proxy.log.ended(MANY))
                .allMatch(exchange -> exchange.protocol() == Protocol.GRPC)
                .extracting(Exchange::fate)
                .containsOnly(Fate.SERVED);
    }

    private TestProxy proxy(Listener listener, Balancer balancer, InetSocketAddress... endpoints) {
        Cluster cart = Mesh.cluster("cart", endpoints).with(BalancingTest.policy(balancer, null, 50));
        TestProxy proxy = new TestProxy().serving(listener, cart);
        open.add(proxy);
        return proxy;
    }

    private InetSocketAddress opaque(String name) {
        RawServer server = new RawServer(socket -> {
            crowd.came(name, () -> {});
            socket.getInputStream().read();
        });
        open.add(server);
        return server.address();
    }

    private InetSocketAddress serve(Http2Peers peers, String name) throws InterruptedException {
        return peers.serve(
                Http2Settings.defaultSettings(),
                (stream, request, body) -> crowd.came(
                        name,
                        () -> stream.writeAndFlush(
                                new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("204"), true))));
    }

    private InetSocketAddress grpc(String name) throws Exception {
        ServerServiceDefinition service = ServerServiceDefinition.builder("test.Test")
                .addMethod(
                        GrpcTest.method("Wait", MethodType.UNARY),
                        ServerCalls.asyncUnaryCall((request, observer) -> crowd.came(name, () -> {
                            observer.onNext(request);
                            observer.onCompleted();
                        })))
                .build();
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .addService(service)
                .build()
                .start();
        open.add(server::shutdownNow);
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort());
    }
}
