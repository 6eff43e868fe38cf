package io.tracery.controlplane.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tracery.controlplane.ControlPlaneApp;
import io.tracery.controlplane.ControlPlaneConfig;
import io.tracery.controlplane.api.tap.Filter;
import io.tracery.controlplane.api.tap.Look;
import io.tracery.controlplane.api.tap.Progress;
import io.tracery.controlplane.api.tap.TapGrpc;
import io.tracery.controlplane.api.tap.WatchEvent;
import io.tracery.controlplane.api.tap.WatchRequest;
import io.tracery.process.Component;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A control plane over TLS between those who watch and sidecars that do as the test says. */
@Timeout(90)
class TapServiceTest {

    private static final WatchRequest FRONT = WatchRequest.newBuilder()
            .setWorkload("shop/front")
            .setFollow(true)
            .setPerSecond(50)
            .build();
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path scratch;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Context.CancellableContext leaving = Context.current().withCancellation();
    private Component app;
    private ManagedChannel channel;
    private String tapToken;

    @BeforeEach
    void start() throws Exception {
        Path mesh = Files.createDirectories(scratch.resolve("mesh"));
        for (String workload : List.of("front", "cart")) {
            Files.writeString(mesh.resolve(workload + ".yaml"), """
                    apiVersion: policy.tracery.io/v1alpha1
                    kind: Sidecar
                    metadata: {name: %1$s-1, namespace: shop}
                    spec: {workload: %1$s, version: v1, serviceAccount: %1$s, inbound: []}
                    """.formatted(workload));
        }
        Files.writeString(scratch.resolve("taps.yaml"), """
                tokens:
                  - {name: cart-team, sha256: %s, workloads: [shop/cart]}
                """.formatted(sha256("cart-secret")));
        int port = freePort();
        app = ControlPlaneApp.build(
                new ControlPlaneConfig(
                        mesh,
                        scratch.resolve("ca"),
                        null,
                        scratch.resolve("tokens"),
                        "mesh.test",
                        "127.0.0.1",
                        List.of(),
                        port,
                        0,
                        60,
                        scratch.resolve("taps.yaml")),
                registry);
        app.start();
        tapToken = Files.readString(scratch.resolve("tokens/tap.token"));
        channel = Grpc.newChannelBuilderForAddress(
                        "127.0.0.1",
                        port,
                        TlsChannelCredentials.newBuilder()
                                .trustManager(scratch.resolve("ca/root.pem").toFile())
                                .build())
                .build();
    }

    @AfterEach
    void end() {
        leaving.cancel(null);
        channel.shutdownNow();
        app.close();
    }

    @Test
    void whoMayReadTheProcesssFilesMayTap() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(scratch.resolve("tokens/tap.token"))))
                .isEqualTo("rw-------");
        FakeSidecar sidecar = sidecar("front");
        Iterator<WatchEvent> events = watch(
                tapToken,
                FRONT.toBuilder()
                        .setSinceMillis(30_000)
                        .setFilter(Filter.newBuilder().setFate("!served"))
                        .build());

        Look look = sidecar.look();
        assertThat(look.getFilter().getFate()).isEqualTo("!served");
        assertThat(look.getSinceMillis()).isEqualTo(30_000);
        sidecar.found(look.getWatch(), "{\"a\":1}", "{\"a\":2}");
        sidecar.progress(Progress.newBuilder()
                .setWatch(look.getWatch())
                .setLookedBack(true)
                .setExamined(9)
                .setMatched(2));

        WatchEvent started = events.next();
        assertThat(started.getStarted().getToken()).isEqualTo("local");
        assertThat(started.getStarted().getSidecars(0).getName()).isEqualTo("front-1");
        WatchEvent seen = butStatus(events);
        assertThat(seen.getSeen().getSidecar().getWorkload()).isEqualTo("front");
        assertThat(seen.getSeen().getJson()).isEqualTo("{\"a\":1}");
        assertThat(butStatus(events).getSeen().getJson()).isEqualTo("{\"a\":2}");
        var status = status(events);
        assertThat(status.getLookedBack()).isTrue();
        assertThat(status.getMatched()).isEqualTo(2).isEqualTo(status.getSent());
        assertThat(status.getExamined()).isEqualTo(9);

        leaving.cancel(null);
        assertThat(sidecar.next().getStop()).isEqualTo(look.getWatch());
        await().atMost(SOON)
                .until(() -> registry.get("tracery.tap.watches").gauge().value() == 0);
        assertThat(registry.get("tracery.tap.exchanges")
                        .tag("result", "sent")
                        .counter()
                        .count())
                .isEqualTo(2);
        assertThat(requests("granted")).isEqualTo(1);
    }

    @Test
    void strangersAreTurnedAwayAndCounted() throws Exception {
        sidecar("front");
        assertThat(refused(watch("guessed", FRONT)).getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(refused(TapGrpc.newBlockingStub(channel).watch(FRONT)).getDescription())
                .isEqualTo("the call carries no authorization metadata");
        // A sidecar's own token is not one for taps.
        String sidecarToken = Files.readString(scratch.resolve("tokens/shop.front.jwt"));
        assertThat(refused(watch(sidecarToken, FRONT)).getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);

        assertThat(requests("unauthenticated")).isEqualTo(3);
        assertThat(requests("granted")).isZero();
    }

    @Test
    void aTokenIsForItsWorkloadsAndAsLongAsItIsThere() throws Exception {
        sidecar("front");
        FakeSidecar cart = sidecar("cart");
        assertThat(refused(watch("cart-secret", FRONT)).getDescription())
                .isEqualTo("the token cart-team is not for shop/front but for shop/cart");
        assertThat(requests("forbidden")).isEqualTo(1);

        Iterator<WatchEvent> all =
                watch("cart-secret", FRONT.toBuilder().clearWorkload().build());
        assertThat(all.next().getStarted().getSidecarsList())
                .extracting(io.tracery.controlplane.api.tap.Sidecar::getName)
                .containsExactly("cart-1");
        long number = cart.look().getWatch();

        Files.delete(scratch.resolve("taps.yaml"));
        WatchEvent last = butStatus(all);
        assertThat(last.getEnd().getReason()).isEqualTo("token");
        assertThat(all.hasNext()).isFalse();
        assertThat(cart.next().getStop()).isEqualTo(number);
    }

    @Test
    void whatMakesNoSenseIsSaid() throws Exception {
        sidecar("front");
        assertThat(refused(watch(tapToken, FRONT.toBuilder().setPerSecond(0).build()))
                        .getDescription())
                .isEqualTo("rate is 1 to 500 exchanges a second");
        assertThat(refused(watch(
                                tapToken,
                                FRONT.toBuilder()
                                        .setFilter(Filter.newBuilder().setStatus("6xx"))
                                        .build()))
                        .getCode())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(refused(watch(
                                tapToken,
                                FRONT.toBuilder().setWorkload("shop/else").build()))
                        .getDescription())
                .isEqualTo("no sidecar of shop/else is connected");
    }

    @Test
    void noMoreThanAskedForAndTheRestIsCounted() throws Exception {
        FakeSidecar sidecar = sidecar("front");
        Iterator<WatchEvent> events =
                watch(tapToken, FRONT.toBuilder().setPerSecond(2).setLimit(21).build());
        events.next();
        long watch = sidecar.look().getWatch();
        // Looking back, ten seconds' worth at once.
        String[] many = new String[25];
        Arrays.fill(many, "{}");
        sidecar.found(watch, many);
        sidecar.progress(
                Progress.newBuilder().setWatch(watch).setLookedBack(true).setMatched(25));
        for (int i = 0; i < 20; i++) {
            assertThat(butStatus(events).hasSeen()).isTrue();
        }
        var status = status(events);
        assertThat(status.getSent()).isEqualTo(20);
        assertThat(status.getDroppedRate()).isEqualTo(5);

        WatchEvent event;
        do {
            sidecar.found(watch, "{}");
            event = events.next();
        } while (event.hasStatus());
        assertThat(event.hasSeen()).isTrue();
        event = butStatus(events);
        assertThat(event.getEnd().getReason()).isEqualTo("limit");
    }

    @Test
    void nobodyIsAnothersSidecar() throws Exception {
        assertThat(new FakeSidecar(bearing(token("cart")), "sidecar~shop/front-1")
                        .end()
                        .getDescription())
                .isEqualTo("the token of system:serviceaccount:shop:cart is not that of sidecar~shop/front-1");
        assertThat(new FakeSidecar(channel, "sidecar~shop/front-1").end().getCode())
                .isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(new FakeSidecar(bearing(token("cart")), "sidecar~shop/none")
                        .end()
                        .getCode())
                .isEqualTo(Status.Code.NOT_FOUND);
        assertThat(registry.get("tracery.tap.sidecars").gauge().value()).isZero();
    }

    @Test
    void aSidecarThatComesLaterIsWatchedToo() throws Exception {
        FakeSidecar first = sidecar("front");
        Iterator<WatchEvent> events =
                watch(tapToken, FRONT.toBuilder().setSinceMillis(1_000).build());
        events.next();
        first.look();

        FakeSidecar again = new FakeSidecar(bearing(token("front")), "sidecar~shop/front-1");
        Look look = again.look();
        assertThat(look.getSinceMillis()).isZero();
        assertThat(first.end().isOk()).as("the stream it held before is over").isTrue();
        again.found(look.getWatch(), "{\"b\":1}");
        assertThat(butStatus(events).getSeen().getJson()).isEqualTo("{\"b\":1}");
    }

    private static io.tracery.controlplane.api.tap.Status status(Iterator<WatchEvent> events) {
        WatchEvent event = events.next();
        assertThat(event.hasStatus()).as("%s", event).isTrue();
        return event.getStatus().getLookedBack() ? event.getStatus() : status(events);
    }

    /** A status may come at any time. */
    private static WatchEvent butStatus(Iterator<WatchEvent> events) {
        WatchEvent event = events.next();
        return event.hasStatus() ? butStatus(events) : event;
    }

    private double requests(String result) {
        return registry.get("tracery.tap.requests")
                .tag("result", result)
                .counter()
                .count();
    }

    private FakeSidecar sidecar(String workload) throws IOException {
        double before = registry.get("tracery.tap.sidecars").gauge().value();
        FakeSidecar sidecar = new FakeSidecar(bearing(token(workload)), "sidecar~shop/" + workload + "-1");
        await().atMost(SOON)
                .until(() -> registry.get("tracery.tap.sidecars").gauge().value() > before);
        return sidecar;
    }

    private String token(String workload) throws IOException {
        return Files.readString(scratch.resolve("tokens/shop." + workload + ".jwt"));
    }

    private Channel bearing(String token) {
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    private Iterator<WatchEvent> watch(String token, WatchRequest request) throws Exception {
        return leaving.call(() -> TapGrpc.newBlockingStub(bearing(token)).watch(request));
    }

    private static Status refused(Iterator<WatchEvent> events) {
        try {
            throw new AssertionError("not refused: " + events.next());
        } catch (StatusRuntimeException e) {
            return e.getStatus();
        }
    }

    private static String sha256(String text) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }
}
