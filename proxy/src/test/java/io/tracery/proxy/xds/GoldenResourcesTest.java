package io.tracery.proxy.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.tracery.controlplane.api.XdsNames;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.proxy.mesh.Listener.Handler;
import io.tracery.proxy.mesh.MeshSnapshot;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.proxy.mesh.UpstreamTls;
import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.route.ClusterSplit.Share;
import io.tracery.proxy.route.Rate;
import io.tracery.proxy.route.RateLimit;
import io.tracery.proxy.route.RateLimiter;
import io.tracery.proxy.route.RequestView;
import io.tracery.proxy.route.RetryPolicy.Condition;
import io.tracery.proxy.route.Route;
import io.tracery.proxy.route.RouteTable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What our control plane sends, word for word (its golden files), becomes the mesh that its YAML describes. */
class GoldenResourcesTest {

    private static final Path GOLDEN =
            Path.of("../control-plane/server/src/test/resources/io/tracery/controlplane/xds/golden");
    private static final String CART = "outbound/cart.shop/8080";
    private static final String CART_V2 = "outbound/cart-v2.shop/8080";

    private final Subscription<Cluster> clusters = new Subscription<>(
            XdsNames.CLUSTER_TYPE, Cluster.class, true, cluster -> ClusterTranslator.translate(cluster, null));
    private final Subscription<ClusterLoadAssignment> endpoints = new Subscription<>(
            XdsNames.ENDPOINT_TYPE, ClusterLoadAssignment.class, false, ClusterTranslator::endpoints);
    private final Subscription<Listener> listeners =
            new Subscription<>(XdsNames.LISTENER_TYPE, Listener.class, true, ListenerTranslator::check);
    private final Subscription<RouteConfiguration> routes =
            new Subscription<>(XdsNames.ROUTE_TYPE, RouteConfiguration.class, false, RouteTranslator::translate);

    private Resources resources(String sidecar) throws IOException, InvalidResource {
        List<Resource> all = new ArrayList<>();
        for (Message message : read(GOLDEN.resolve(sidecar + ".json"))) {
            String name = message instanceof ClusterLoadAssignment assignment
                    ? assignment.getClusterName()
                    : (String) message.getField(message.getDescriptorForType().findFieldByName("name"));
            all.add(Resource.newBuilder()
                    .setName(name)
                    .setVersion("1")
                    .setResource(Any.pack(message))
                    .build());
        }
        for (Subscription<?> subscription : List.of(clusters, endpoints, listeners, routes)) {
            subscription.apply(DeltaDiscoveryResponse.newBuilder()
                    .addAllResources(all.stream()
                            .filter(resource ->
                                    resource.getResource().getTypeUrl().equals(subscription.typeUrl()))
                            .toList())
                    .build());
        }
        return new Resources(listeners.resources(), routes.resources(), clusters.resources(), endpoints.resources());
    }

    /** The resources of one file, in its order. */
    static List<Message> read(Path golden) throws IOException {
        List<Message> all = new ArrayList<>();
        for (JsonNode json : new JsonMapper().readTree(golden.toFile())) {
            all.add(message(json));
        }
        return all;
    }

    private static Message message(JsonNode json) throws IOException {
        Message.Builder builder = switch (json.get("@type").asText()) {
            case XdsNames.CLUSTER_TYPE -> Cluster.newBuilder();
            case XdsNames.ENDPOINT_TYPE -> ClusterLoadAssignment.newBuilder();
            case XdsNames.LISTENER_TYPE -> Listener.newBuilder();
            default -> RouteConfiguration.newBuilder();
        };
        ((com.fasterxml.jackson.databind.node.ObjectNode) json).remove("@type");
        XdsTypes.parser().merge(json.toString(), builder);
        return builder.build();
    }

    private static List<Route> routes(MeshSnapshot snapshot, String listener) {
        return table(snapshot, listener).routes();
    }

    private static RouteTable table(MeshSnapshot snapshot, String listener) {
        return ((Handler.Http) Objects.requireNonNull(snapshot.listeners().get(listener))
                        .handler())
                .routes();
    }

    @ParameterizedTest
    @ValueSource(strings = {"front-1", "cart-1", "cart-2", "gate-1"})
    void honoursEverythingThatIsSent(String sidecar) throws Exception {
        Resources resources = resources(sidecar);
        assertThat(resources.complete()).isTrue();
        MeshSnapshot snapshot = resources.snapshot(7);
        assertThat(snapshot.version()).isEqualTo(7);
        assertThat(ConfigDump.of(resources, snapshot))
                .startsWith("{\"snapshot\":7,")
                .contains("inbound/210");
    }

    @Test
    void whoSpeaksTlsIsToldApartByTheServerItAsksFor() throws Exception {
        MeshSnapshot snapshot = resources("gate-1").snapshot(1);
        Handler routed = handler(snapshot, "outbound/vault.shop/8200");
        assertThat(routed.split("a.eu.vault.example.com"))
                .isEqualTo(new ClusterSplit(
                        List.of(new Share("outbound/vault-eu.shop/8200", 9), new Share("outbound/vault.shop/8200", 1)),
                        /* bySource= */ true));
        assertThat(routed.split("a.vault.example.com"))
                .isEqualTo(new ClusterSplit(List.of(new Share("outbound/vault.shop/8200", 1))));
        assertThat(routed.split("vault.example.com")).isNull();
        assertThat(handler(snapshot, "outbound/vault.shop/8201").split(""))
                .isEqualTo(ClusterSplit.to("outbound/vault.shop/8201"));
        assertThat(handler(snapshot, "outbound/legacy.shop/9000")).isInstanceOf(Handler.Auto.class);
        assertThat(handler(snapshot, "inbound/21009")).isInstanceOf(Handler.Auto.class);
    }

    private static Handler handler(MeshSnapshot snapshot, String listener) {
        return Objects.requireNonNull(snapshot.listeners().get(listener)).handler();
    }

    @Test
    void routesInTheGatewayApisOrder() throws Exception {
        MeshSnapshot snapshot = resources("front-1").snapshot(1);
        RouteTable table = table(snapshot, CART);
        assertThat(table.routes())
                .extracting(Route::name)
                .containsExactly(
                        "shop/cart/0",
                        "shop/cart/3",
                        "shop/cart/5",
                        "shop/cart/0",
                        "shop/cart/4",
                        "shop/cart/1",
                        "shop/cart/2");
        assertThat(found(table, "GET", "/cart/total", "")).isEqualTo("shop/cart/0");
        assertThat(found(table, "POST", "/cart", "")).isEqualTo("shop/cart/0");
        assertThat(found(table, "POST", "/cartoon", "")).isEqualTo("shop/cart/2");
        assertThat(found(table, "GET", "/cart", "yes")).isEqualTo("shop/cart/1");
        assertThat(found(table, "GET", "/cart", "")).isEqualTo("shop/cart/2");
    }

    private static String found(RouteTable table, String method, String path, String canary) {
        HttpHeaders headers = new DefaultHttpHeaders();
        if (!canary.isEmpty()) {
            headers.set("X-Canary", canary);
        }
        Route route = table.find(new View(method, path, headers));
        return Objects.requireNonNull(route).name();
    }

    private record View(String method, String path, HttpHeaders headers) implements RequestView {

        @Override
        public @Nullable String header(String name) {
            return headers.get(name);
        }

        @Override
        public @Nullable String query(String name) {
            return null;
        }
    }

    @Test
    void splitsRetriesAndTimesOutAsConfigured() throws Exception {
        List<Route> routes = routes(resources("front-1").snapshot(1), CART);
        Route first = routes.getFirst();
        assertThat(first.timeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(first.retry().retries()).isEqualTo(2);
        assertThat(first.retry().statuses()).containsExactlyInAnyOrder(502, 503);
        assertThat(first.retry().perTryTimeout()).isEqualTo(Duration.ofMillis(500));
        Route last = routes.getLast();
        assertThat(last.timeout()).isZero();
        assertThat(last.split()).isEqualTo(new ClusterSplit(List.of(new Share(CART, 90), new Share(CART_V2, 10))));
        assertThat(last.retry().on()).containsExactlyInAnyOrder(Condition.CONNECT_FAILURE, Condition.REFUSED_STREAM);
    }

    @Test
    void knowsWhomItMayMeetAndHow() throws Exception {
        Map<String, io.tracery.proxy.mesh.Cluster> met =
                resources("front-1").snapshot(1).clusters();
        var cart = Objects.requireNonNull(met.get(CART_V2));
        assertThat(cart.tls()).isEqualTo(new UpstreamTls(Set.of("spiffe://mesh.test/ns/shop/sa/cart-canary")));
        assertThat(cart.endpoints()).singleElement().satisfies(endpoint -> {
            assertThat(endpoint.workload().version()).isEqualTo("v2");
            assertThat(endpoint.zone()).isEqualTo("b");
            assertThat(endpoint.address().getPort()).isEqualTo(21004);
        });
        assertThat(cart.protocol()).isEqualTo(UpstreamProtocol.BETWEEN_SIDECARS);
        assertThat(Objects.requireNonNull(met.get("outbound/kv.data/6379")).tls())
                .isNull();
        var shipping = Objects.requireNonNull(met.get("outbound/shipping.shop/9090"));
        assertThat(shipping.protocol()).isEqualTo(UpstreamProtocol.HTTP2);
        assertThat(shipping.endpoints()).isEmpty();
    }

    @Test
    void listensAsTheSidecarSays() throws Exception {
        MeshSnapshot front = resources("front-1").snapshot(1);
        assertThat(Objects.requireNonNull(front.listeners().get("inbound/21000"))
                        .tls())
                .isEqualTo(DownstreamTls.PERMISSIVE);
        assertThat(Objects.requireNonNull(front.listeners().get("outbound/kv.data/6379"))
                        .handler())
                .isEqualTo(new Handler.Tcp(
                        new ClusterSplit(List.of(new Share("outbound/kv.data/6379", 1)), /* bySource= */ true)));
    }

    @Test
    void strictIsTheDefault() throws Exception {
        assertThat(Objects.requireNonNull(
                                resources("cart-1").snapshot(1).listeners().get("inbound/21003"))
                        .tls())
                .isEqualTo(DownstreamTls.STRICT);
    }

    @Test
    void limitsAsConfigured() throws Exception {
        MeshSnapshot front = resources("front-1").snapshot(1);
        assertThat(routes(front, "inbound/21000").getFirst().policies().rateLimit())
                .isEqualTo(new RateLimiter(new RateLimit(
                        new Rate(500, Duration.ofSeconds(1), 1000),
                        new RateLimit.PerKey(
                                new RateLimit.Key.CallerIdentity(),
                                new Rate(6000, Duration.ofMinutes(1), 200),
                                10_000))));
        assertThat(routes(front, "outbound/shipping.shop/9090"))
                .filteredOn(route -> route.policies().rateLimit() != null)
                .singleElement()
                .extracting(route -> route.policies().rateLimit())
                .isEqualTo(new RateLimiter(new RateLimit(
                        new Rate(100, Duration.ofSeconds(1), 150),
                        new RateLimit.PerKey(
                                new RateLimit.Key.Header("x-user"), new Rate(60, Duration.ofMinutes(1), 5), 2000))));
    }
}
