package io.tracery.controlplane.xds;

import static io.tracery.controlplane.api.XdsNames.CLUSTER_TYPE;
import static io.tracery.controlplane.api.XdsNames.ROUTE_TYPE;
import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The state-of-the-world form, as clients that know no other speak it. */
class WholeStateTest {

    private static final DiscoveryRequest CLUSTERS = DiscoveryRequest.newBuilder()
            .setTypeUrl(CLUSTER_TYPE)
            .setNode(Node.newBuilder().setId("sidecar~shop/front-1"))
            .build();

    private final AdsService ads = new AdsService("mesh.test", new SimpleMeterRegistry());
    private final Responses responses = new Responses();
    private final StreamObserver<DiscoveryRequest> requests = ads.streamAggregatedResources(responses);

    @TempDir
    private Path scratch;

    private void publishCalling(String... services) throws IOException {
        ads.publish(Meshes.of(scratch, Meshes.calling(services)));
    }

    private static DiscoveryRequest answer(DiscoveryResponse response) {
        return DiscoveryRequest.newBuilder()
                .setTypeUrl(response.getTypeUrl())
                .setVersionInfo(response.getVersionInfo())
                .setResponseNonce(response.getNonce())
                .build();
    }

    @Test
    void sendsAllOfATypeWheneverOneOfItChanges() throws IOException {
        publishCalling("a");
        requests.onNext(CLUSTERS);
        DiscoveryResponse first = responses.sent.remove();
        assertThat(first.getResourcesList()).hasSize(1);
        requests.onNext(answer(first));
        assertThat(responses.sent).isEmpty();

        publishCalling("a", "b");
        DiscoveryResponse second = responses.sent.remove();
        assertThat(second.getResourcesList()).hasSize(2);
        assertThat(second.getVersionInfo()).isNotEqualTo(first.getVersionInfo());
    }

    @Test
    void ignoresAnAnswerToAResponseThatHasBeenOvertaken() throws IOException {
        publishCalling("a");
        requests.onNext(CLUSTERS);
        DiscoveryResponse first = responses.sent.remove();
        requests.onNext(answer(first));
        publishCalling("a", "b");
        responses.sent.remove();
        requests.onNext(answer(first));
        assertThat(responses.sent).isEmpty();
    }

    @Test
    void routesComeByNameAlone() throws IOException {
        publishCalling("a", "b");
        requests.onNext(CLUSTERS.toBuilder()
                .setTypeUrl(ROUTE_TYPE)
                .addResourceNames("outbound/b.shop/80")
                .build());
        assertThat(responses.sent.remove().getResourcesList()).hasSize(1);
    }

    /** Keeps what is sent. */
    private static final class Responses extends ServerCallStreamObserver<DiscoveryResponse> {

        private final Deque<DiscoveryResponse> sent = new ArrayDeque<>();

        @Override
        public void onNext(DiscoveryResponse response) {
            sent.add(response);
        }

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {}

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void setOnCancelHandler(Runnable handler) {}

        @Override
        public void setCompression(String compression) {}

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setOnReadyHandler(Runnable handler) {}

        @Override
        public void request(int count) {}

        @Override
        public void setMessageCompression(boolean enable) {}

        @Override
        public void disableAutoInboundFlowControl() {}
    }
}
