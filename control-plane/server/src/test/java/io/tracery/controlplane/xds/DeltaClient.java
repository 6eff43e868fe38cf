package io.tracery.controlplane.xds;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A proxy that does nothing by itself: every request is the test's. */
final class DeltaClient implements StreamObserver<DeltaDiscoveryResponse> {

    private final StreamObserver<DeltaDiscoveryRequest> requests;
    private final BlockingQueue<DeltaDiscoveryResponse> responses = new LinkedBlockingQueue<>();
    private boolean named;
    private final String nodeId;

    DeltaClient(Channel channel, String nodeId) {
        this.nodeId = nodeId;
        this.requests = AggregatedDiscoveryServiceGrpc.newStub(channel).deltaAggregatedResources(this);
    }

    void subscribe(String typeUrl, String... names) {
        send(DeltaDiscoveryRequest.newBuilder().setTypeUrl(typeUrl).addAllResourceNamesSubscribe(List.of(names)));
    }

    void resume(String typeUrl, Map<String, String> versions) {
        send(DeltaDiscoveryRequest.newBuilder().setTypeUrl(typeUrl).putAllInitialResourceVersions(versions));
    }

    void accept(DeltaDiscoveryResponse response) {
        send(answer(response));
    }

    void refuse(DeltaDiscoveryResponse response, String why) {
        send(answer(response)
                .setErrorDetail(com.google.rpc.Status.newBuilder().setCode(3).setMessage(why)));
    }

    private static DeltaDiscoveryRequest.Builder answer(DeltaDiscoveryResponse response) {
        return DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(response.getTypeUrl())
                .setResponseNonce(response.getNonce());
    }

    private void send(DeltaDiscoveryRequest.Builder request) {
        if (!named) {
            request.setNode(Node.newBuilder().setId(nodeId));
            named = true;
        }
        requests.onNext(request.build());
    }

    /** The next response. */
    DeltaDiscoveryResponse next() throws InterruptedException {
        DeltaDiscoveryResponse response = responses.poll(10, TimeUnit.SECONDS);
        if (response == null) {
            throw new AssertionError("no response within 10 s");
        }
        return response;
    }

    @Nullable
    DeltaDiscoveryResponse nothing() {
        return responses.poll();
    }

    /** Names of what a response brings. */
    static List<String> names(DeltaDiscoveryResponse response) {
        return response.getResourcesList().stream().map(Resource::getName).toList();
    }

    void end() {
        requests.onCompleted();
    }

    @Override
    public void onNext(DeltaDiscoveryResponse response) {
        responses.add(response);
    }

    @Override
    public void onError(Throwable cause) {
        // The test that waits for a response will say that none came.
    }

    @Override
    public void onCompleted() {
        // As above.
    }
}
