package io.tracery.topology;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tracery.process.AdminServer;
import io.tracery.process.Component;
import io.tracery.process.Components;
import io.tracery.process.Main;
import io.tracery.topology.api.ApiServer;
import io.tracery.topology.api.Surroundings;
import io.tracery.topology.api.TapApi;
import io.tracery.topology.fleet.Fleet;
import io.tracery.topology.graph.EdgeLag;
import io.tracery.topology.graph.Graph;
import io.tracery.topology.graph.GraphLimits;
import io.tracery.topology.graph.GraphReader;
import io.tracery.topology.graph.GraphSharing;
import io.tracery.topology.history.History;
import io.tracery.topology.history.Past;
import io.tracery.topology.json.EdgeEvents;
import io.tracery.topology.kubernetes.Cluster;
import io.tracery.topology.metrics.EdgeLagMeter;
import io.tracery.topology.metrics.ServiceGraphMetrics;
import io.tracery.topology.peers.PeerClient;
import io.tracery.topology.peers.PeerEndpoints;
import io.tracery.topology.peers.Peers;
import io.tracery.topology.peers.SharedFleet;
import io.tracery.topology.peers.SharedWindows;
import io.tracery.topology.stream.GraphStream;
import io.tracery.topology.stream.StreamSettings;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The composition root of the topology service. */
public final class TopologyApp implements Component {

    private final ApiServer api;
    private final Components all;

    private TopologyApp(ApiServer api, Peers peers, GraphStream stream, Optional<Cluster> cluster) {
        this.api = api;
        // The API first: while Kafka is not there yet, it says so.
        this.all = new Components(
                "topology-service",
                Stream.concat(Stream.of(api, peers, stream), cluster.stream()).toList());
    }

    /**
     * Kafka's metrics to the graph, the graph to whoever asks.
     *
     * @param registry receives {@code topology_*}, and if it is Prometheus' also {@code traces_service_graph_*}
     */
    public static TopologyApp build(TopologyConfig config, MeterRegistry registry) {
        InstantSource clock = InstantSource.system();
        GraphLimits limits = new GraphLimits(config.maxEdges(), config.maxSeriesPerEdge(), config.historyCells());
        Graph graph = new Graph(limits, clock);
        Optional<Cluster> cluster = cluster(requireNonNull(config.kubernetes()), registry);
        GraphReader reader = cluster.map(asked -> new GraphReader(graph, clock, asked::behind))
                .orElseGet(() -> new GraphReader(graph, clock));
        EdgeLag lag = new EdgeLag();
        EdgeLagMeter lagMeter = new EdgeLagMeter(lag, registry);
        History history = new History();
        Fleet fleet = new Fleet();
        GraphSharing sharing = new GraphSharing(graph, clock);
        PeerClient client = new PeerClient();
        Peers peers = new Peers(sharing, client, lagMeter, clock, registry);
        AtomicReference<@Nullable ApiServer> listening = new AtomicReference<>();
        // Known when the API listens, which is before the stream begins.
        Supplier<String> address = () -> requireNonNull(config.sharing())
                .address(
                        requireNonNull(config.host()),
                        requireNonNull(listening.get()).port());
        GraphStream stream = new GraphStream(
                new StreamSettings(
                        requireNonNull(config.kafka()),
                        requireNonNull(config.applicationId()),
                        requireNonNull(requireNonNull(config.sharing()).instance()),
                        address,
                        config.dataDir().resolve("streams"),
                        config.historyPerPartition()),
                graph,
                lagMeter,
                history,
                fleet,
                new EdgeEvents(clock),
                peers::are,
                registry,
                clock);
        SharedWindows windows = new SharedWindows(history, sharing, client);
        Past past = new Past(windows, config.historyPerPartition(), windows::stats, reader::newestData, clock);
        ApiServer api = new ApiServer(
                settings(config),
                new ApiServer.Sources(
                        reader,
                        past,
                        new SharedFleet(fleet, sharing, client),
                        new PeerEndpoints(sharing, history, fleet)),
                lag,
                () -> stream.flowing() && peers.complete(),
                new Surroundings(
                        stream::groupLags,
                        () -> instances(address.get(), history, peers),
                        new Limits(graph, windows::stats, config, registry)),
                registry,
                clock);
        listening.set(api);
        register(registry, graph, reader);
        return new TopologyApp(api, peers, stream, cluster);
    }

    private static Optional<Cluster> cluster(KubernetesConfig config, MeterRegistry registry) {
        return Cluster.of(config.use(), config.kubeconfig(), registry);
    }

    private static ApiServer.Settings settings(TopologyConfig config) {
        return new ApiServer.Settings(
                address(config, config.port()),
                requireNonNull(config.uiResource()),
                requireNonNull(config.searchUrl()),
                config.maxSubscribers(),
                tap(config),
                ApiServer.TOO_SLOW);
    }

    private static void register(MeterRegistry registry, Graph graph, GraphReader reader) {
        Gauge.builder("topology.edges", graph, Graph::edgeCount)
                .description("Edges that are kept, the ones that left lately included")
                .register(registry);
        Gauge.builder("topology.history.seconds", graph, Graph::historySeconds)
                .description("History that every edge may keep now")
                .register(registry);
        if (registry instanceof PrometheusMeterRegistry prometheus) {
            prometheus.getPrometheusRegistry().register(new ServiceGraphMetrics(reader));
        }
    }

    private static List<Peers.Instance> instances(String address, History history, Peers peers) {
        List<Peers.Instance> all = new ArrayList<>(peers.instances());
        all.add(new Peers.Instance(address, true, true, history.partitions()));
        all.sort(Comparator.comparing(Peers.Instance::address));
        return all;
    }

    private static @Nullable TapApi tap(TopologyConfig config) {
        String controlPlane = config.controlPlane();
        return controlPlane == null ? null : new TapApi(controlPlane, requireNonNull(config.trustAnchorFile()));
    }

    public static void main(String[] args) {
        Main.run(args, TopologyConfig.class, config -> {
            PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            TopologyApp app = build(config, registry);
            AdminServer admin = new AdminServer(address(config, config.adminPort()), registry, List.of(app));
            return new Components("topology-service", List.of(admin, app));
        });
    }

    private static InetSocketAddress address(TopologyConfig config, int port) {
        return new InetSocketAddress(requireNonNull(config.host()), port == TopologyConfig.ANY_PORT ? 0 : port);
    }

    @Override
    public String name() {
        return all.name();
    }

    /** Returns when the API answers; the stream begins as soon as Kafka has its topics. */
    @Override
    public void start() throws Exception {
        all.start();
    }

    /** True while the API answers and the stream runs. */
    @Override
    public boolean ready() {
        return all.ready();
    }

    /** The API's port in use; of interest where any free one was asked for. */
    public int port() {
        return api.port();
    }

    @Override
    public void close() {
        all.close();
    }
}
