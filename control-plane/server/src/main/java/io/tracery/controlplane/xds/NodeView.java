package io.tracery.controlplane.xds;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.tracery.controlplane.api.XdsNames;
import io.tracery.controlplane.model.MeshModel;
import io.tracery.controlplane.model.Name;
import io.tracery.controlplane.model.Route;
import io.tracery.controlplane.model.Service;
import io.tracery.controlplane.model.Sidecar;
import io.tracery.controlplane.model.TlsRoute;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * What one proxy is to know, by type and name. A resource's version is a checksum of its bytes: it changes when, and only
 * when, the resource does.
 */
final class NodeView {

    static final NodeView EMPTY = new NodeView(Map.of());

    /** In the order in which a mesh is built up without gaps: where to, then what for. */
    static final List<String> TYPES =
            List.of(XdsNames.CLUSTER_TYPE, XdsNames.ENDPOINT_TYPE, XdsNames.LISTENER_TYPE, XdsNames.ROUTE_TYPE);

    private final Map<String, Map<String, Resource>> resources;

    private NodeView(Map<String, Map<String, Resource>> resources) {
        this.resources = resources;
    }

    static NodeView of(MeshModel model, Sidecar sidecar, String trustDomain) {
        Builder view = new Builder(model, trustDomain);
        for (Sidecar.Inbound inbound : sidecar.inbound()) {
            view.put(
                    XdsNames.CLUSTER_TYPE,
                    XdsNames.inbound(inbound.forwardPort()),
                    view.clusters.inbound(sidecar, inbound));
            view.put(XdsNames.LISTENER_TYPE, XdsNames.inbound(inbound.port()), ListenerResources.inbound(inbound));
        }
        for (Sidecar.Outbound outbound : sidecar.outbound()) {
            view.outbound(outbound);
        }
        return new NodeView(view.resources);
    }

    /** By name, in their order; empty for a type of which there are none. */
    Map<String, Resource> ofType(String typeUrl) {
        return resources.getOrDefault(typeUrl, Collections.emptyMap());
    }

    private static final class Builder {

        private final MeshModel model;
        private final ClusterResources clusters;
        private final Map<String, Map<String, Resource>> resources = new HashMap<>();

        Builder(MeshModel model, String trustDomain) {
            this.model = model;
            this.clusters = new ClusterResources(model, trustDomain);
        }

        void outbound(Sidecar.Outbound outbound) {
            Service service = model.services().get(outbound.service());
            Service.Port port = service == null ? null : service.port(outbound.port());
            if (port == null) {
                return; // The source refuses such a model; nothing to send is the safe answer.
            }
            String name = XdsNames.outbound(
                    outbound.service().namespace(), outbound.service().name(), port.port());
            List<TlsRoute> tlsRoutes = model.tlsRoutes(outbound.service(), port.port());
            put(XdsNames.LISTENER_TYPE, name, ListenerResources.outbound(model, outbound, port.protocol()));
            tlsRoutes.forEach(route -> route.backends().forEach(backend -> cluster(backend.service(), backend.port())));
            cluster(outbound.service(), port.port());
            if (!port.protocol().opaque()) {
                put(XdsNames.ROUTE_TYPE, name, RouteResources.outbound(model, outbound.service(), port.port()));
                for (Route route : model.routes(outbound.service(), port.port())) {
                    for (Route.Rule rule : route.rules()) {
                        rule.backends().forEach(backend -> cluster(backend.service(), backend.port()));
                        rule.filters().mirrors().forEach(mirror -> cluster(mirror.service(), mirror.port()));
                    }
                }
            }
        }

        private void cluster(Name name, int number) {
            Service service = model.services().get(name);
            Service.Port port = service == null ? null : service.port(number);
            if (port != null) {
                String cluster = XdsNames.outbound(name.namespace(), name.name(), number);
                put(XdsNames.CLUSTER_TYPE, cluster, clusters.outbound(name, port));
                put(XdsNames.ENDPOINT_TYPE, cluster, clusters.endpoints(name, port));
            }
        }

        void put(String typeUrl, String name, Message message) {
            Any any = Any.pack(message);
            CRC32C checksum = new CRC32C();
            checksum.update(any.getValue().asReadOnlyByteBuffer());
            resources
                    .computeIfAbsent(typeUrl, type -> new TreeMap<>())
                    .put(
                            name,
                            Resource.newBuilder()
                                    .setName(name)
                                    .setVersion(Long.toHexString(checksum.getValue()))
                                    .setResource(any)
                                    .build());
        }
    }
}
