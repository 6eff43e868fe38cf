package io.tracery.proxy.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.tracery.controlplane.api.XdsNames;
import io.tracery.proxy.mesh.MeshSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What our control plane sends, with bytes changed on the way: it is refused with words, or understood, and what was understood
 * makes a snapshot. Seeded.
 */
class ResourceFuzzTest {

    private static final long SEED = Long.getLong("seed", 20_261_128);
    private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 2_000);
    private static final Path GOLDEN =
            Path.of("../control-plane/server/src/test/resources/io/tracery/controlplane/xds/golden");

    static List<Path> golden() throws IOException {
        try (Stream<Path> files = Files.list(GOLDEN)) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("golden")
    void isUnderstoodOrRefusedWithWords(Path file) throws Exception {
        List<Any> golden =
                GoldenResourcesTest.read(file).stream().map(Any::pack).toList();
        SplittableRandom random = new SplittableRandom(SEED);
        int refused = 0;
        int taken = 0;
        for (int round = 0; round < ROUNDS; round++) {
            List<Any> sent = new ArrayList<>(golden);
            int at = random.nextInt(sent.size());
            Any changed = changed(sent.get(at), random);
            sent.set(at, changed);
            try {
                MeshSnapshot snapshot = resources(sent).snapshot(1);
                assertThat(snapshot.listeners()).isNotNull();
                taken++;
            } catch (InvalidResource e) {
                assertThat(e.getMessage()).as("seed %d, round %d", SEED, round).isNotBlank();
                refused++;
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + SEED + ", round " + round + ": " + shown(changed), e);
            }
        }
        assertThat(refused).as("refused").isPositive();
        assertThat(taken).as("taken").isPositive();
    }

    /** Any bytes, or those of a text or number within; what is no message any more is one of the answers. */
    private static Any changed(Any resource, SplittableRandom random) {
        byte[] bytes = resource.getValue().toByteArray();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            int at = random.nextInt(bytes.length);
            bytes[at] = random.nextInt(3) == 0 ? (byte) random.nextInt(256) : bytes[random.nextInt(bytes.length)];
        }
        return resource.toBuilder().setValue(ByteString.copyFrom(bytes)).build();
    }

    private static Resources resources(List<Any> sent) throws InvalidResource {
        Subscription<Cluster> clusters = new Subscription<>(
                XdsNames.CLUSTER_TYPE, Cluster.class, true, cluster -> ClusterTranslator.translate(cluster, null));
        Subscription<ClusterLoadAssignment> endpoints = new Subscription<>(
                XdsNames.ENDPOINT_TYPE, ClusterLoadAssignment.class, false, ClusterTranslator::endpoints);
        Subscription<Listener> listeners =
                new Subscription<>(XdsNames.LISTENER_TYPE, Listener.class, true, ListenerTranslator::check);
        Subscription<RouteConfiguration> routes =
                new Subscription<>(XdsNames.ROUTE_TYPE, RouteConfiguration.class, false, RouteTranslator::translate);
        for (Subscription<?> subscription : List.of(clusters, endpoints, listeners, routes)) {
            DeltaDiscoveryResponse.Builder response = DeltaDiscoveryResponse.newBuilder();
            for (Any one : sent) {
                if (one.getTypeUrl().equals(subscription.typeUrl())) {
                    response.addResources(Resource.newBuilder()
                            .setName(name(one))
                            .setVersion("1")
                            .setResource(one));
                }
            }
            subscription.apply(response.build());
        }
        return new Resources(listeners.resources(), routes.resources(), clusters.resources(), endpoints.resources());
    }

    private static String name(Any resource) {
        try {
            Message message = switch (resource.getTypeUrl()) {
                case XdsNames.CLUSTER_TYPE -> Cluster.parseFrom(resource.getValue());
                case XdsNames.LISTENER_TYPE -> Listener.parseFrom(resource.getValue());
                case XdsNames.ROUTE_TYPE -> RouteConfiguration.parseFrom(resource.getValue());
                default -> ClusterLoadAssignment.parseFrom(resource.getValue());
            };
            return switch (message) {
                case Cluster cluster -> cluster.getName();
                case Listener listener -> listener.getName();
                case RouteConfiguration routes -> routes.getName();
                default -> ((ClusterLoadAssignment) message).getClusterName();
            };
        } catch (InvalidProtocolBufferException e) {
            return "unreadable";
        }
    }

    private static String shown(Any resource) {
        return resource.getTypeUrl() + " "
                + HexFormat.of().formatHex(resource.getValue().toByteArray());
    }
}
