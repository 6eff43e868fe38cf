package io.tracery.controlplane.xds;

import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.stub.StreamObserver;
import io.tracery.controlplane.api.XdsNames;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One client's stream in the state-of-the-world form, which proxyless gRPC speaks: whenever a type has changed, all that
 * the client asked for of it. Guarded by itself.
 */
final class WholeStateStream implements StreamObserver<DiscoveryRequest>, XdsStream {

    private final AdsService service;
    private final StreamObserver<DiscoveryResponse> responses;
    private final Map<String, TypeState> types = new HashMap<>();

    private String nodeId = "";
    private long nonces;
    private boolean over;

    private static final class TypeState {
        private Set<String> names = Set.of();
        private String sentVersion = "";
        private String unanswered = "";
        private boolean asked;
    }

    WholeStateStream(AdsService service, StreamObserver<DiscoveryResponse> responses) {
        this.service = service;
        this.responses = responses;
    }

    @Override
    public synchronized void onNext(DiscoveryRequest request) {
        if (request.hasNode() && nodeId.isEmpty()) {
            nodeId = request.getNode().getId();
            service.connected(nodeId);
        }
        if (!NodeView.TYPES.contains(request.getTypeUrl())) {
            return;
        }
        TypeState state = types.computeIfAbsent(request.getTypeUrl(), type -> new TypeState());
        if (!request.getResponseNonce().isEmpty()) {
            if (!request.getResponseNonce().equals(state.unanswered)) {
                return; // Speaks of a response that has been overtaken.
            }
            state.unanswered = "";
            if (request.hasErrorDetail()) {
                service.refused(
                        nodeId, request.getTypeUrl(), request.getErrorDetail().getMessage());
            }
        }
        Set<String> names = Set.copyOf(request.getResourceNamesList());
        state.asked = state.sentVersion.isEmpty() || !names.equals(state.names);
        state.names = names;
        send(request.getTypeUrl(), state);
    }

    @Override
    public synchronized void refresh() {
        for (String typeUrl : NodeView.TYPES) {
            TypeState state = types.get(typeUrl);
            if (state != null) {
                send(typeUrl, state);
            }
        }
    }

    private void send(String typeUrl, TypeState state) {
        NodeView view = service.view(nodeId);
        if (over || view == null || !state.unanswered.isEmpty()) {
            return;
        }
        // Without names listeners and clusters are meant all of them; routes and endpoints always by name.
        boolean all = state.names.isEmpty()
                && (typeUrl.equals(XdsNames.LISTENER_TYPE) || typeUrl.equals(XdsNames.CLUSTER_TYPE));
        List<Resource> resources = view.ofType(typeUrl).values().stream()
                .filter(resource -> all || state.names.contains(resource.getName()))
                .toList();
        StringBuilder versions = new StringBuilder();
        resources.forEach(resource -> versions.append(resource.getName()).append(resource.getVersion()));
        String version = Integer.toHexString(versions.toString().hashCode());
        if (!state.asked && version.equals(state.sentVersion)) {
            return;
        }
        state.asked = false;
        state.sentVersion = version;
        state.unanswered = Long.toString(++nonces);
        DiscoveryResponse.Builder response = DiscoveryResponse.newBuilder()
                .setTypeUrl(typeUrl)
                .setVersionInfo(version)
                .setNonce(state.unanswered);
        resources.forEach(resource -> response.addResources(resource.getResource()));
        responses.onNext(response.build());
        service.pushed();
    }

    @Override
    public void onError(Throwable cause) {
        end();
    }

    @Override
    public void onCompleted() {
        if (end()) {
            responses.onCompleted();
        }
    }

    private synchronized boolean end() {
        boolean first = !over;
        over = true;
        service.ended(this);
        return first;
    }
}
