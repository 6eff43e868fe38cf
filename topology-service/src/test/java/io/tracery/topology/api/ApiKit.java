package io.tracery.topology.api;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tracery.topology.fleet.Fleet;
import io.tracery.topology.fleet.PartitionFleet;
import io.tracery.topology.graph.EdgeLag;
import io.tracery.topology.graph.GraphLimits;
import io.tracery.topology.graph.GraphSharing;
import io.tracery.topology.graph.KubernetesWorkload;
import io.tracery.topology.graph.Traffic;
import io.tracery.topology.history.History;
import io.tracery.topology.history.HistorySettings;
import io.tracery.topology.history.MemoryWindows;
import io.tracery.topology.history.PartitionHistory;
import io.tracery.topology.history.Past;
import io.tracery.topology.history.Step;
import io.tracery.topology.peers.PeerEndpoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A real server over a graph that the test feeds. */
final class ApiKit implements AutoCloseable {

    private record Nothing() {}

    private static final KubernetesWorkload CART = new KubernetesWorkload(
            List.of(
                    new KubernetesWorkload.Owner("Deployment", "cart-v1", 2, 2, List.of("registry.example/cart:1.4.2")),
                    new KubernetesWorkload.Owner(
                            "Deployment", "cart-v2", 0, 1, List.of("registry.example/cart:1.5.0"))),
            List.of("cart"),
            3,
            4,
            List.of(
                    new KubernetesWorkload.Machine("node-a", "eu-1a", 2),
                    new KubernetesWorkload.Machine("node-b", null, 1)),
            Map.of("app.kubernetes.io/name", "cart", "app.kubernetes.io/part-of", "shop", "team", "checkout"));

    final Traffic traffic = new Traffic(GraphLimits.DEFAULT, node -> node.id().equals("shop/cart") ? CART : null);
    final EdgeLag lag = new EdgeLag();
    final MemoryWindows windows = new MemoryWindows();
    final PartitionHistory remembered = new PartitionHistory(windows, HistorySettings.DEFAULT, traffic.graph::inFlight);
    final PartitionFleet proxies = new PartitionFleet(windows, HistorySettings.DEFAULT.keepMillis(Step.HOUR));
    final History history = new History();
    final Fleet fleet = new Fleet();
    final Past past =
            new Past(history, HistorySettings.DEFAULT, history::stats, traffic.reader::newestData, traffic.clock);
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    volatile boolean flowing = true;
    private final ApiServer server;

    ApiKit() {
        this("/ui", URI.create("http://127.0.0.1:1"), 64);
    }

    ApiKit(String uiResource, URI searchUrl, int maxSubscribers) {
        this(uiResource, searchUrl, maxSubscribers, null);
    }

    /** With somebody who brings single exchanges. */
    ApiKit(TapApi tap) {
        this("/ui", URI.create("http://127.0.0.1:1"), 64, tap);
    }

    private ApiKit(String uiResource, URI searchUrl, int maxSubscribers, @Nullable TapApi tap) {
        history.add(0, remembered);
        fleet.add(0, proxies);
        traffic.also(remembered::add);
        server = new ApiServer(
                new ApiServer.Settings(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        uiResource,
                        searchUrl,
                        maxSubscribers,
                        tap,
                        Duration.ofMillis(500)),
                new ApiServer.Sources(
                        traffic.reader,
                        past,
                        fleet,
                        new PeerEndpoints(new GraphSharing(traffic.graph, traffic.clock), history, fleet)),
                lag,
                () -> flowing,
                new Surroundings(List::of, List::of, () -> new Nothing()),
                registry,
                traffic.clock);
        server.start();
    }

    int port() {
        return server.port();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(uri(path)));
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.timeout(Duration.ofSeconds(10)).build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
