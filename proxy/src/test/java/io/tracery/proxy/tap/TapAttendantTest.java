package io.tracery.proxy.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.tracery.controlplane.api.tap.Look;
import io.tracery.controlplane.api.tap.Order;
import io.tracery.controlplane.api.tap.SidecarMessage;
import io.tracery.controlplane.api.tap.TapGrpc;
import io.tracery.proxy.telemetry.RememberedExchanges;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A sidecar's end of the stream, over a real connection to a control plane that does as the test says. */
@Timeout(60)
class TapAttendantTest {

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<String> CREDENTIALS = Context.key("credentials");
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private final RememberedExchanges remembered = new RememberedExchanges(64);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final BlockingQueue<SidecarMessage> heard = new LinkedBlockingQueue<>();
    private final List<StreamObserver<Order>> streams = new CopyOnWriteArrayList<>();
    private final List<Status> ends = new CopyOnWriteArrayList<>();
    private final List<String> credentials = new CopyOnWriteArrayList<>();
    private Server server;
    private ManagedChannel channel;
    private TapAttendant attendant;

    @BeforeEach
    void start() throws Exception {
        server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .addService(new ControlPlane())
                .intercept(new KeepCredentials())
                .build()
                .start();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
        Path token = Files.writeString(folder.resolve("token"), "the-token\n");
        attendant = new TapAttendant("sidecar~shop/front-1", token, remembered.tap(), timer, Duration.ZERO);
    }

    @AfterEach
    void end() {
        attendant.close();
        channel.shutdownNow();
        server.shutdownNow();
        timer.shutdownNow();
    }

    @Test
    void saysWhoItIsAndAnswersUntilItIsToldToStop() throws Exception {
        remembered.add("/before", 200, Instant.now());
        attendant.connected(channel);
        attendant.connected(channel);
        assertThat(next().getHello().getNodeId()).isEqualTo("sidecar~shop/front-1");
        assertThat(credentials).containsExactly("Bearer the-token");

        order(Order.newBuilder()
                .setLook(Look.newBuilder()
                        .setWatch(3)
                        .setSinceMillis(60_000)
                        .setFollow(true)
                        .setPerSecond(50)));
        assertThat(next().getFound().getJson(0)).contains("\"url.path\":\"/before\"", "\"direction\":\"outbound\"");
        assertThat(next().getProgress().getLookedBack()).isTrue();

        remembered.add("/after", 200, Instant.now());
        SidecarMessage after = next();
        assertThat(after.getFound().getWatch()).isEqualTo(3);
        assertThat(after.getFound().getJson(0)).contains("/after");

        order(Order.newBuilder().setStop(3));
        await().atMost(SOON).until(() -> !attendant.looking());
    }

    @Test
    void nobodyLooksWhenTheControlPlaneIsGone() throws Exception {
        attendant.connected(channel);
        next();
        order(Order.newBuilder().setLook(Look.newBuilder().setFollow(true).setPerSecond(50)));
        await().atMost(SOON).until(attendant::looking);

        streams.getFirst().onCompleted();
        await().atMost(SOON).until(() -> !attendant.looking());

        // The control plane is back, and says so.
        attendant.connected(channel);
        await().atMost(SOON).until(() -> streams.size() == 2);
    }

    @Test
    void endsItsStreamWithTheSidecar() throws Exception {
        attendant.connected(channel);
        next();
        attendant.close();
        await().atMost(SOON).until(() -> ends.size() == 1);
        assertThat(ends.getFirst().getCode()).isEqualTo(Status.Code.CANCELLED);
    }

    private SidecarMessage next() throws InterruptedException {
        SidecarMessage message = heard.poll(20, TimeUnit.SECONDS);
        // A progress that says nothing new may stand between.
        if (message != null && message.hasProgress() && !message.getProgress().getLookedBack()) {
            return next();
        }
        assertThat(message).as("a message within 20 s").isNotNull();
        return message;
    }

    private void order(Order.Builder order) {
        streams.getLast().onNext(order.build());
    }

    private final class ControlPlane extends TapGrpc.TapImplBase {
        @Override
        public StreamObserver<SidecarMessage> attend(StreamObserver<Order> orders) {
            streams.add(orders);
            credentials.add(CREDENTIALS.get());
            return new StreamObserver<>() {
                @Override
                public void onNext(SidecarMessage message) {
                    heard.add(message);
                }

                @Override
                public void onError(Throwable cause) {
                    ends.add(Status.fromThrowable(cause));
                }

                @Override
                public void onCompleted() {
                    ends.add(Status.OK);
                }
            };
        }
    }

    private static final class KeepCredentials implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
            return Contexts.interceptCall(
                    Context.current().withValue(CREDENTIALS, metadata.get(AUTHORIZATION)), call, metadata, next);
        }
    }
}
