package io.tracery.controlplane.xds;

import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * One proxy's incremental stream. Of each type one response is under way at a time; what changes meanwhile is sent when
 * that one has been answered, so that a slow proxy costs no memory. Guarded by itself.
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
        /** Names just asked for, to be answered even where there is nothing of that name. */
        private final Set<String> fresh = new TreeSet<>();
    }

    DeltaStream(AdsService service, StreamObserver<DeltaDiscoveryResponse> responses) {
        this.service = service;
        this.responses = responses;
    }

    @Override
    public synchronized void onNext(DeltaDiscoveryRequest request) {
        if (request.hasNode()) {
            nodeId = request.getNode().getId();
        }
        TypeState state = types.get(request.getTypeUrl());
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
            } else if (state.names.add(name)) {
                state.fresh.add(name);
            }
        }
        for (String name : request.getResourceNamesUnsubscribeList()) {
            if (name.equals("*")) {
                state.wildcard = false;
            }
            state.names.remove(name);
            state.sent.remove(name);
        }
        if (!request.getResponseNonce().isEmpty() && request.getResponseNonce().equals(state.unanswered)) {
            state.unanswered = "";
            if (request.hasErrorDetail()) {
                service.refused(
                        nodeId, request.getTypeUrl(), request.getErrorDetail().getMessage());
            }
        }
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
        if (over || !state.unanswered.isEmpty()) {
            return;
        }
        Map<String, Resource> view = service.view(nodeId).ofType(typeUrl);
        DeltaDiscoveryResponse.Builder response =
                DeltaDiscoveryResponse.newBuilder().setTypeUrl(typeUrl);
        view.forEach((name, resource) -> {
            boolean wanted = state.wildcard || state.names.contains(name);
            if (wanted && !resource.getVersion().equals(state.sent.get(name))) {
                response.addResources(resource);
            }
        });
        for (String name : new TreeSet<>(state.sent.keySet())) {
            if (!view.containsKey(name)) {
                response.addRemovedResources(name);
            }
        }
        for (String name : state.fresh) {
            if (!view.containsKey(name) && !state.sent.containsKey(name)) {
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
