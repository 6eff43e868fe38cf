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
import io.tracery.topology.history.History;
import io.tracery.topology.history.Past;
import io.tracery.topology.json.EdgeEvents;
import io.tracery.topology.metrics.ServiceGraphMetrics;
import io.tracery.topology.stream.GraphStream;
import io.tracery.topology.stream.StreamSettings;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The composition root of the topology service. */
public final class TopologyApp implements Component {

    /** A process that does the work; for now there is one. */
    private record Instance(String address, boolean self, boolean answers, List<Integer> partitions) {}

    private final ApiServer api;
    private final Components all;

    private TopologyApp(ApiServer api, GraphStream stream) {
        this.api = api;
        // The API first: while Kafka is not there yet, it says so.
        this.all = new Components("topology-service", List.of(api, stream));
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
        GraphReader reader = new GraphReader(graph, clock);
        EdgeLag lag = new EdgeLag();
        History history = new History();
        Fleet fleet = new Fleet();
        GraphStream stream = new GraphStream(
                new StreamSettings(
                        requireNonNull(config.kafka()),
                        requireNonNull(config.applicationId()),
                        config.dataDir().resolve("streams"),
                        config.historyPerPartition()),
                graph,
                lag,
                history,
                fleet,
                new EdgeEvents(reader, clock),
                registry,
                clock);
        Past past = new Past(history, config.historyPerPartition(), history::stats, reader::newestData, clock);
        ApiServer api = new ApiServer(
                new ApiServer.Settings(
                        address(config, config.port()),
                        requireNonNull(config.uiResource()),
                        requireNonNull(config.searchUrl()),
                        config.maxSubscribers(),
                        tap(config),
                        ApiServer.TOO_SLOW),
                new ApiServer.Sources(reader, past, fleet),
                lag,
                stream::flowing,
                new Surroundings(
                        stream::groupLags,
                        () -> List.of(
                                new Instance(config.host() + ":" + config.port(), true, true, history.partitions())),
                        new Limits(graph, history, config, registry)),
                registry,
                clock);
        Gauge.builder("topology.edges", graph, Graph::edgeCount)
                .description("Edges that are kept, the ones that left lately included")
                .register(registry);
        Gauge.builder("topology.history.seconds", graph, Graph::historySeconds)
                .description("History that every edge may keep now")
                .register(registry);
        if (registry instanceof PrometheusMeterRegistry prometheus) {
            prometheus.getPrometheusRegistry().register(new ServiceGraphMetrics(reader));
        }
        return new TopologyApp(api, stream);
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
