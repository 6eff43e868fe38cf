package io.tracery.controlplane.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.listener.http_inspector.v3.HttpInspector;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.rate_limit_descriptors.expr.v3.Descriptor;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.tracery.controlplane.model.MeshModel;
import io.tracery.controlplane.model.Name;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What each proxy of a small mesh is sent, in full. The proxy's own tests read the same files. After a change that is
 * meant, {@code -Dgolden.update} writes them anew.
 */
class GoldenResourcesTest {

    private static final Path GOLDEN = Path.of("src/test/resources/io/tracery/controlplane/xds/golden");
    private static final TypeRegistry TYPES = TypeRegistry.newBuilder()
            .add(List.of(
                    Listener.getDescriptor(),
                    RouteConfiguration.getDescriptor(),
                    Cluster.getDescriptor(),
                    ClusterLoadAssignment.getDescriptor(),
                    HttpConnectionManager.getDescriptor(),
                    TcpProxy.getDescriptor(),
                    Router.getDescriptor(),
                    HTTPFault.getDescriptor(),
                    LocalRateLimit.getDescriptor(),
                    Descriptor.getDescriptor(),
                    TlsInspector.getDescriptor(),
                    HttpInspector.getDescriptor(),
                    DownstreamTlsContext.getDescriptor(),
                    UpstreamTlsContext.getDescriptor(),
                    HttpProtocolOptions.getDescriptor()))
            .build();

    @ParameterizedTest
    @ValueSource(strings = {"front-1", "cart-1", "cart-2", "gate-1"})
    void sendsAProxyThis(String sidecar) throws IOException {
        String resources = json(view(Meshes.read(Meshes.SHOP), sidecar));
        Path golden = GOLDEN.resolve(sidecar + ".json");
        if (System.getProperty("golden.update") != null) {
            Files.writeString(golden, resources);
        }
        assertThat(resources).isEqualTo(Files.readString(golden));
    }

    @Test
    void theSameMeshGivesTheSameVersions() throws IOException {
        NodeView one = view(Meshes.read(Meshes.SHOP), "front-1");
        NodeView other = view(Meshes.read(Meshes.SHOP), "front-1");
        for (String type : NodeView.TYPES) {
            assertThat(one.ofType(type)).isNotEmpty().isEqualTo(other.ofType(type));
        }
    }

    private static NodeView view(MeshModel model, String sidecar) {
        return NodeView.of(model, Objects.requireNonNull(model.sidecars().get(new Name("shop", sidecar))), "mesh.test");
    }

    private static String json(NodeView view) throws InvalidProtocolBufferException {
        StringBuilder json = new StringBuilder("[");
        for (String type : NodeView.TYPES) {
            for (Resource resource : view.ofType(type).values()) {
                json.append(json.length() == 1 ? "\n" : ",\n").append(json(resource.getResource()));
            }
        }
        return json.append("\n]\n").toString();
    }

    private static String json(Any resource) throws InvalidProtocolBufferException {
        Message message = resource;
        return JsonFormat.printer().usingTypeRegistry(TYPES).print(message);
    }
}
