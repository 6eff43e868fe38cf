package io.tracery.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tracery.controlplane.api.XdsNames;
import io.tracery.process.Component;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ControlPlaneAppTest {

    @TempDir
    private Path scratch;

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private ControlPlaneConfig config(int port) throws IOException {
        Path mesh = Files.createDirectories(scratch.resolve("mesh"));
        Files.writeString(mesh.resolve("front.yaml"), """
                apiVersion: policy.tracery.io/v1alpha1
                kind: Sidecar
                metadata: {name: front-1, namespace: shop}
                spec:
                  workload: front
                  serviceAccount: front
                  inbound: [{port: 21000, protocol: http, forwardTo: "127.0.0.1:20000"}]
                """);
        return new ControlPlaneConfig(
                mesh,
                scratch.resolve("ca"),
                null,
                scratch.resolve("tokens"),
                "mesh.test",
                "127.0.0.1",
                List.of(),
                port,
                0);
    }

    @Test
    void servesAProxyOverTlsAndLaysItsTokenReady() throws Exception {
        int port = freePort();
        try (Component app = ControlPlaneApp.build(config(port), new SimpleMeterRegistry())) {
            app.start();
            assertThat(app.ready()).isTrue();
            assertThat(scratch.resolve("tokens/shop.front.jwt")).isNotEmptyFile();

            ManagedChannel channel = Grpc.newChannelBuilderForAddress(
                            "127.0.0.1",
                            port,
                            TlsChannelCredentials.newBuilder()
                                    .trustManager(scratch.resolve("ca/root.pem").toFile())
                                    .build())
                    .build();
            CompletableFuture<DiscoveryResponse> answer = new CompletableFuture<>();
            AggregatedDiscoveryServiceGrpc.newStub(channel)
                    .streamAggregatedResources(new First(answer))
                    .onNext(DiscoveryRequest.newBuilder()
                            .setTypeUrl(XdsNames.LISTENER_TYPE)
                            .setNode(Node.newBuilder().setId("sidecar~shop/front-1"))
                            .build());
            assertThat(answer.get(10, TimeUnit.SECONDS).getResourcesList()).hasSize(1);
            channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void aTakenPortIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                Component app = ControlPlaneApp.build(config(taken.getLocalPort()), new SimpleMeterRegistry())) {
            assertThatThrownBy(app::start)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort() + " cannot be opened for xDS");
        }
    }

    @Test
    void aConfigurationNamesWhereTokensComeFrom() {
        assertThatThrownBy(() ->
                        new ControlPlaneConfig(scratch, scratch, null, null, "mesh.test", "127.0.0.1", List.of(), 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("jwksFile");
    }

    private record First(CompletableFuture<DiscoveryResponse> answer) implements StreamObserver<DiscoveryResponse> {

        @Override
        public void onNext(DiscoveryResponse response) {
            answer.complete(response);
        }

        @Override
        public void onError(Throwable cause) {
            answer.completeExceptionally(cause);
        }

        @Override
        public void onCompleted() {
            answer.cancel(/* mayInterruptIfRunning= */ false);
        }
    }
}
