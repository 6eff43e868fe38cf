package io.tracery.proxy.xds;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One resource type's share of a delta stream: what was asked for, what came, in which version. It outlives streams, so
 * that a new one need not send again what is here already. Confined to the client's thread.
 *
 * @param <R> the resource's message
 */
final class Subscription<R extends Message> {

    /** Refuses what the proxy cannot honour. */
    interface Check<R> {
        void accept(R resource) throws InvalidResource;
    }

    private final String typeUrl;
    private final Class<R> type;
    private final Check<R> check;
    private final boolean wildcard;
    private final Map<String, R> resources = new HashMap<>();
    private final Map<String, String> versions = new HashMap<>();
    private final Set<String> names = new TreeSet<>();
    private boolean told;

    /** @param wildcard true to be sent all there are without naming them */
    Subscription(String typeUrl, Class<R> type, boolean wildcard, Check<R> check) {
        this.typeUrl = typeUrl;
        this.type = type;
        this.wildcard = wildcard;
        this.check = check;
    }

    String typeUrl() {
        return typeUrl;
    }

    Map<String, R> resources() {
        return resources;
    }

    /** True once a response has been taken over: before that, having nothing means knowing nothing. */
    boolean told() {
        return told;
    }

    /** The first request of a stream: asks for everything wanted and says what is here. */
    DeltaDiscoveryRequest.Builder initialRequest() {
        return DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(typeUrl)
                .addAllResourceNamesSubscribe(names)
                .putAllInitialResourceVersions(versions);
    }

    /** False while nothing is wanted: an empty first request would ask for everything. */
    boolean wanted() {
        return wildcard || !names.isEmpty();
    }

    /** The request that moves the stream to another set of names, or null where it is the same. */
    DeltaDiscoveryRequest.@Nullable Builder want(Set<String> wanted) {
        List<String> subscribe =
                wanted.stream().filter(name -> !names.contains(name)).sorted().toList();
        List<String> unsubscribe =
                names.stream().filter(name -> !wanted.contains(name)).toList();
        if (subscribe.isEmpty() && unsubscribe.isEmpty()) {
            return null;
        }
        names.addAll(subscribe);
        unsubscribe.forEach(name -> {
            names.remove(name);
            resources.remove(name);
            versions.remove(name);
        });
        return DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(typeUrl)
                .addAllResourceNamesSubscribe(subscribe)
                .addAllResourceNamesUnsubscribe(unsubscribe);
    }

    /**
     * Checks a whole response, then takes it over, or nothing of it.
     *
     * @throws InvalidResource naming every resource that cannot be honoured
     */
    void apply(DeltaDiscoveryResponse response) throws InvalidResource {
        Map<String, R> changed = new HashMap<>();
        List<String> problems = new ArrayList<>();
        for (Resource resource : response.getResourcesList()) {
            try {
                Any any = resource.getResource();
                R message = XdsTypes.unpack(resource.getName(), any, type);
                HonouredFields.check(resource.getName(), message);
                check.accept(message);
                changed.put(resource.getName(), message);
            } catch (InvalidResource e) {
                problems.add(e.getMessage());
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidResource(type.getSimpleName(), String.join("; ", problems));
        }
        resources.putAll(changed);
        response.getResourcesList().forEach(resource -> versions.put(resource.getName(), resource.getVersion()));
        for (String removed : new HashSet<>(response.getRemovedResourcesList())) {
            resources.remove(removed);
            versions.remove(removed);
        }
        told = true;
    }
}
