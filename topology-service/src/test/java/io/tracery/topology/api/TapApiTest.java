package io.tracery.topology.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tracery.controlplane.api.tap.End;
import io.tracery.controlplane.api.tap.Seen;
import io.tracery.controlplane.api.tap.Sidecar;
import io.tracery.controlplane.api.tap.Started;
import io.tracery.controlplane.api.tap.TapGrpc;
import io.tracery.controlplane.api.tap.WatchEvent;
import io.tracery.controlplane.api.tap.WatchRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The tap's way through the API, with a control plane that does as the test says. */
@Timeout(60)
class TapApiTest {

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<String> CREDENTIALS = Context.key("credentials");
    private static final Sidecar CART = Sidecar.newBuilder()
            .setNamespace("shop")
            .setName("cart-1")
            .setWorkload("cart")
            .setVersion("v1")
            .build();

    private final BlockingQueue<WatchRequest> asked = new LinkedBlockingQueue<>();
    private final BlockingQueue<ServerCallStreamObserver<WatchEvent>> streams = new LinkedBlockingQueue<>();
    private volatile String credentials = "";
    private volatile Status refusal = Status.OK;
    private Server controlPlane;
    private ApiKit api;

    @BeforeEach
    void start() throws IOException {
        controlPlane = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                .addService(new ControlPlane())
                .intercept(new KeepCredentials())
                .build()
                .start();
        int port = controlPlane.getPort();
        api = new ApiKit(new TapApi(
                "127.0.0.1:" + port,
                () -> Grpc.newChannelBuilder("127.0.0.1:" + port, InsecureChannelCredentials.create())
                        .build()));
    }

    @AfterEach
    void end() {
        api.close();
        controlPlane.shutdownNow();
    }

    @Test
    void carriesTheQuestionThereAndExchangesBack() throws Exception {
        try (Events events = new Events("/api/tap?workload=shop/cart&fate=!served&status=5xx&since=30s&header=x-user:4"
                + "&retried=true&min_ms=10&sample=50&limit=7&rate=20&peer=shop/front&follow=false")) {
            WatchRequest request = next(asked);
            assertThat(credentials).isEqualTo("Bearer secret");
            assertThat(request.getWorkload()).isEqualTo("shop/cart");
            assertThat(request.getFilter().getFate()).isEqualTo("!served");
            assertThat(request.getFilter().getHeader()).isEqualTo("x-user:4");
            assertThat(request.getFilter().getRetried()).isTrue();
            assertThat(request.getFilter().getLeastMillis()).isEqualTo(10);
            assertThat(request.getFilter().getPercent()).isEqualTo(50);
            assertThat(request.getFilter().getPeer()).isEqualTo("shop/front");
            assertThat(request.getSinceMillis()).isEqualTo(30_000);
            assertThat(request.getLimit()).isEqualTo(7);
            assertThat(request.getPerSecond()).isEqualTo(20);
            assertThat(request.getFollow()).isFalse();

            ServerCallStreamObserver<WatchEvent> stream = next(streams);
            stream.onNext(WatchEvent.newBuilder()
                    .setSeen(Seen.newBuilder()
                            .setSidecar(CART)
                            .setJson("{\"workload\": \"somebody else\",\n \"url.path\": \"/cart/7\"}"))
                    .build());
            stream.onNext(WatchEvent.newBuilder()
                    .setStatus(io.tracery.controlplane.api.tap.Status.newBuilder()
                            .setSidecars(1)
                            .setMatched(3)
                            .setDroppedRate(2)
                            .addNotes("a note"))
                    .build());
            stream.onNext(WatchEvent.newBuilder()
                    .setEnd(End.newBuilder().setReason("limit").setMessage("enough"))
                    .build());
            stream.onCompleted();

            JsonNode started = events.next("started");
            assertThat(started.path("sidecars").path(0).path("workload").asText())
                    .isEqualTo("shop/cart");
            assertThat(started.path("token").asText()).isEqualTo("local");
            assertThat(events.next("exchange").toString())
                    .isEqualTo("{\"sidecar\":\"shop/cart-1\",\"namespace\":\"shop\",\"workload\":\"cart\","
                            + "\"version\":\"v1\",\"url.path\":\"/cart/7\"}");
            JsonNode status = events.next("status");
            assertThat(status.path("dropped").path("rate").asInt()).isEqualTo(2);
            assertThat(status.path("notes").path(0).asText()).isEqualTo("a note");
            assertThat(events.next("end").path("message").asText()).isEqualTo("enough");
            assertThat(events.reader.readLine()).isNull();
        }
    }

    @Test
    void theControlPlaneHearsThatTheAskerHasGone() throws Exception {
        try (Events events = new Events("/api/tap")) {
            events.next("started");
        }
        ServerCallStreamObserver<WatchEvent> stream = next(streams);
        await().atMost(Duration.ofSeconds(20)).until(stream::isCancelled);
    }

    @Test
    void saysWhenTheControlPlaneGoes() throws Exception {
        try (Events events = new Events("/api/tap")) {
            events.next("started");
            controlPlane.shutdownNow();
            JsonNode end = events.next("end");
            assertThat(end.path("reason").asText()).isEqualTo("control_plane");
            assertThat(end.path("message").asText()).contains("cannot be reached", "is it running");
        }
    }

    @Test
    void refusalsKeepTheirReason() {
        assertThat(api.get("/api/tap").statusCode()).isEqualTo(401);
        refusal = Status.UNAUTHENTICATED.withDescription("unknown");
        assertThat(refused("")).isEqualTo("401 unknown");
        refusal = Status.PERMISSION_DENIED.withDescription("not for it");
        assertThat(refused("")).isEqualTo("403 not for it");
        refusal = Status.NOT_FOUND.withDescription("none");
        assertThat(refused("")).isEqualTo("404 none");
        refusal = Status.RESOURCE_EXHAUSTED.withDescription("16");
        assertThat(refused("")).isEqualTo("429 16");
        refusal = Status.FAILED_PRECONDITION.withDescription("off");
        assertThat(refused("")).isEqualTo("503 off");
        assertThat(refused("?status=9xx")).isEqualTo("400 status is for example 503, 5xx or UNAVAILABLE, not 9xx");
        assertThat(refused("?rate=0")).isEqualTo("400 rate is a number from 1 to 500, not 0");
        assertThat(refused("?retried=maybe")).isEqualTo("400 retried is true or false, not maybe");
        assertThat(refused("?since=2h")).startsWith("400 since=2h is out of range");
        assertThat(refused("?token=x")).startsWith("400 there is no parameter token here");
        controlPlane.shutdownNow();
        assertThat(refused("")).startsWith("503 the control plane at 127.0.0.1:");
    }

    @Test
    void whereNobodyCanBringThemTapIsOff() {
        try (ApiKit without = new ApiKit()) {
            HttpResponse<String> answer = without.get("/api/tap");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("tap is off");
        }
    }

    private String refused(String query) {
        HttpResponse<String> answer =
                api.send(HttpRequest.newBuilder(api.uri("/api/tap" + query)).header("authorization", "Bearer secret"));
        try {
            return answer.statusCode() + " "
                    + new ObjectMapper()
                            .readTree(answer.body())
                            .path("error")
                            .path("message")
                            .asText();
        } catch (IOException e) {
            throw new AssertionError(answer.body(), e);
        }
    }

    private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(20, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("nothing within 20 s");
        }
        return next;
    }

    /** An open stream of events. */
    private final class Events implements AutoCloseable {
        private final BufferedReader reader;

        Events(String path) throws IOException, InterruptedException {
            HttpResponse<InputStream> answer = api.client.send(
                    HttpRequest.newBuilder(api.uri(path))
                            .header("authorization", "Bearer secret")
                            .build(),
                    BodyHandlers.ofInputStream());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("content-type")).hasValue("text/event-stream");
            reader = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
        }

        JsonNode next(String event) throws IOException {
            assertThat(reader.readLine()).isEqualTo("event: " + event);
            String data = reader.readLine();
            assertThat(data).startsWith("data: ");
            assertThat(reader.readLine()).isEmpty();
            return new ObjectMapper().readTree(data.substring("data: ".length()));
        }

        @Override
        public void close() throws IOException {
            reader.close();
        }
    }

    private final class ControlPlane extends TapGrpc.TapImplBase {
        @Override
        public void watch(WatchRequest request, StreamObserver<WatchEvent> events) {
            credentials = CREDENTIALS.get();
            if (!refusal.isOk()) {
                events.onError(refusal.asException());
                return;
            }
            asked.add(request);
            ((ServerCallStreamObserver<WatchEvent>) events).setOnCancelHandler(() -> {});
            events.onNext(WatchEvent.newBuilder()
                    .setStarted(Started.newBuilder().setToken("local").addSidecars(CART))
                    .build());
            streams.add((ServerCallStreamObserver<WatchEvent>) events);
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
