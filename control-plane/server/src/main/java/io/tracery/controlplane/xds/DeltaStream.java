package io.tracery.controlplane.xds;

import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.stub.StreamObserver;
import io.tracery.controlplane.api.XdsNames;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * One proxy's incremental stream. Of each type one response is under way at a time; what changes meanwhile is sent when
 * that one has been answered, so that a slow proxy costs no memory. What listeners and routes may still name is removed
 * only when they have let go of it ("make before break"). Guarded by itself.
 */
final class DeltaStream implements StreamObserver<DeltaDiscoveryRequest>, XdsStream {

    private final AdsService service;
    private final StreamObserver<DeltaDiscoveryResponse> responses;
    private final Map<String, TypeState> types = new HashMap<>();

    private String nodeId = "";
    private long nonces;
    private boolean over;

    /** What the proxy asked for of one type, and what it has been sent. */
    private static final class TypeState {
        private boolean wildcard;
        private final Set<String> names = new HashSet<>();
        private final Map<String, String> sent = new HashMap<>();
        private String unanswered = "";
        /** The last answer was a refusal: the proxy still runs on what it had before. */
        private boolean refused;
        /** Names just asked for, to be answered even where there is nothing of that name. */
        private final Set<String> fresh = new TreeSet<>();

        boolean wants(String name) {
            return wildcard || names.contains(name);
        }
    }

    DeltaStream(AdsService service, StreamObserver<DeltaDiscoveryResponse> responses) {
        this.service = service;
        this.responses = responses;
    }

    @Override
    public synchronized void onNext(DeltaDiscoveryRequest request) {
        String typeUrl = request.getTypeUrl();
        if (request.hasNode() && nodeId.isEmpty()) {
            nodeId = request.getNode().getId();
            service.connected(nodeId);
        }
        if (!NodeView.TYPES.contains(typeUrl)) {
            return; // There will never be anything of that type; silence is what the protocol asks for.
        }
        subscribe(request);
        TypeState state = types.get(typeUrl);
        if (state == null) {
            return;
        }
        if (!request.getResponseNonce().isEmpty() && request.getResponseNonce().equals(state.unanswered)) {
            state.unanswered = "";
            state.refused = request.hasErrorDetail();
            if (state.refused) {
                service.refused(nodeId, typeUrl, request.getErrorDetail().getMessage());
            }
        }
        send(typeUrl, state);
        if (typeUrl.equals(XdsNames.LISTENER_TYPE) || typeUrl.equals(XdsNames.ROUTE_TYPE)) {
            refresh();
        }
    }

    private void subscribe(DeltaDiscoveryRequest request) {
        TypeState state = types.get(request.getTypeUrl());
        boolean first = state == null;
        if (state == null) {
            state = new TypeState();
            // The first request of a type without names asks for all of it (xDS protocol, "Wildcard").
            state.wildcard = request.getResourceNamesSubscribeCount() == 0;
            state.sent.putAll(request.getInitialResourceVersionsMap());
            types.put(request.getTypeUrl(), state);
        }
        for (String name : request.getResourceNamesSubscribeList()) {
            if (name.equals("*")) {
                state.wildcard = true;
            } else {
                state.names.add(name);
                state.fresh.add(name);
                if (!first) {
                    state.sent.remove(name); // Asking once more means: send it once more.
                }
            }
        }
        for (String name : request.getResourceNamesUnsubscribeList()) {
            if (name.equals("*")) {
                state.wildcard = false;
            }
            state.names.remove(name);
            state.sent.remove(name);
        }
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
        DeltaDiscoveryResponse.Builder response = changes(view, typeUrl, state);
        boolean named = typeUrl.equals(XdsNames.CLUSTER_TYPE) || typeUrl.equals(XdsNames.ENDPOINT_TYPE);
        if (named && !(settled(view, XdsNames.LISTENER_TYPE) && settled(view, XdsNames.ROUTE_TYPE))) {
            response.clearRemovedResources();
        }
        for (String name : state.fresh) {
            if (!view.ofType(typeUrl).containsKey(name) && !state.sent.containsKey(name)) {
                response.addRemovedResources(name);
            }
        }
        state.fresh.clear();
        if (response.getResourcesCount() == 0 && response.getRemovedResourcesCount() == 0) {
            return;
        }
        response.getResourcesList().forEach(resource -> state.sent.put(resource.getName(), resource.getVersion()));
        response.getRemovedResourcesList().forEach(state.sent::remove);
        state.unanswered = Long.toString(++nonces);
        responses.onNext(response.setNonce(state.unanswered).build());
        service.pushed();
    }

    /** What the proxy has of a type, compared with what it should have. */
    private static DeltaDiscoveryResponse.Builder changes(NodeView view, String typeUrl, TypeState state) {
        Map<String, Resource> resources = view.ofType(typeUrl);
        DeltaDiscoveryResponse.Builder response =
                DeltaDiscoveryResponse.newBuilder().setTypeUrl(typeUrl);
        resources.forEach((name, resource) -> {
            if (state.wants(name) && !resource.getVersion().equals(state.sent.get(name))) {
                response.addResources(resource);
            }
        });
        for (String name : new TreeSet<>(state.sent.keySet())) {
            if (!resources.containsKey(name)) {
                response.addRemovedResources(name);
            }
        }
        return response;
    }

    /** True when the proxy runs on what it should have of a type. */
    private boolean settled(NodeView view, String typeUrl) {
        TypeState state = types.get(typeUrl);
        if (state == null) {
            return true;
        }
        DeltaDiscoveryResponse.Builder changes = changes(view, typeUrl, state);
        return state.unanswered.isEmpty()
                && !state.refused
                && changes.getResourcesCount() == 0
                && changes.getRemovedResourcesCount() == 0;
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
