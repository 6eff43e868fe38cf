package io.tracery.topology;

import static java.util.Objects.requireNonNull;

import io.tracery.topology.graph.GraphLimits;
import io.tracery.topology.history.HistorySettings;
import io.tracery.tracing.topic.Topic;
import java.net.URI;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the topology service reads, keeps and serves. A number of 0, or an absent key, stands for its default.
 *
 * @param kafka Kafka's {@code host:port}, comma separated; default {@code 127.0.0.1:19092}
 * @param host address of every port; default {@code 127.0.0.1}
 * @param port of the API and the pages; default 8400, and -1 for one that is free
 * @param adminPort of {@code /live}, {@code /ready} and {@code /metrics} when this is a process of its own; default 8401
 * @param dataDir where the state of the stream is kept; required
 * @param applicationId consumer group and prefix of the changelog topics; processes with the same one share the work; default
 *     {@code tracery-topology}
 * @param searchUrl base of the trace search API, forwarded to under {@code /search}; default
 *     {@code http://127.0.0.1:16686}
 * @param uiResource folder of the class path that holds the pages; default {@code /ui}
 * @param maxSubscribers to the stream of graphs; default 64
 * @param maxEdges that the graph holds; default 20000
 * @param maxSeriesPerEdge that are counted for one edge, over all proxies at both ends; default 10000
 * @param historyCells seconds of history over all edges and versions, some 300 bytes each where there is much traffic; default 600000. Every edge
 *     keeps its share, from 60 s to 15 min
 * @param history how much is kept on disk of what was longer ago
 * @param controlPlane {@code host:port} of the control plane, through which sidecars are asked for single exchanges; absent:
 *     tap is off
 * @param trustAnchorFile PEM of who has signed the control plane's certificate; required with {@code controlPlane}
 * @param sharing with other processes
 * @param kubernetes whether the cluster is asked what runs behind the nodes of the graph
 */
public record TopologyConfig(
        @Nullable String kafka,
        @Nullable String host,
        int port,
        int adminPort,
        Path dataDir,
        @Nullable String applicationId,
        @Nullable URI searchUrl,
        @Nullable String uiResource,
        int maxSubscribers,
        int maxEdges,
        int maxSeriesPerEdge,
        int historyCells,
        @Nullable HistoryConfig history,
        @Nullable String controlPlane,
        @Nullable Path trustAnchorFile,
        @Nullable SharingConfig sharing,
        @Nullable KubernetesConfig kubernetes) {

    /** The value of a port that asks for any that is free. */
    public static final int ANY_PORT = -1;

    private static final Pattern CONTROL_PLANE = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^:\\s\\[\\]]+):[0-9]{1,5}");

    public TopologyConfig {
        if (dataDir == null) {
            throw new IllegalArgumentException("dataDir is missing: name a directory");
        }
        kafka = kafka == null ? "127.0.0.1:19092" : kafka;
        host = host == null ? "127.0.0.1" : host;
        port = port("port", port, 8400);
        adminPort = port("adminPort", adminPort, 8401);
        applicationId = applicationId == null ? "tracery-topology" : applicationId;
        searchUrl = searchUrl == null ? URI.create("http://127.0.0.1:16686") : searchUrl;
        if (!"http".equals(searchUrl.getScheme()) && !"https".equals(searchUrl.getScheme())) {
            throw new IllegalArgumentException("searchUrl must begin with http:// or https://, not be " + searchUrl);
        }
        uiResource = uiResource == null ? "/ui" : uiResource;
        if (!uiResource.startsWith("/") || uiResource.length() < 2) {
            throw new IllegalArgumentException("uiResource must be a folder like /ui, not " + uiResource);
        }
        maxSubscribers = positive("maxSubscribers", maxSubscribers, 64);
        maxEdges = positive("maxEdges", maxEdges, GraphLimits.DEFAULT.maxEdges());
        maxSeriesPerEdge = positive("maxSeriesPerEdge", maxSeriesPerEdge, GraphLimits.DEFAULT.maxSeriesPerEdge());
        historyCells = positive("historyCells", historyCells, GraphLimits.DEFAULT.historyCells());
        history = history == null ? HistoryConfig.DEFAULT : history;
        sharing = sharing == null ? SharingConfig.DEFAULT : sharing;
        kubernetes = kubernetes == null ? KubernetesConfig.DEFAULT : kubernetes;
        if (controlPlane != null && !CONTROL_PLANE.matcher(controlPlane).matches()) {
            throw new IllegalArgumentException("controlPlane must be host:port, not " + controlPlane);
        }
        if (controlPlane != null && trustAnchorFile == null) {
            throw new IllegalArgumentException("controlPlane needs a trustAnchorFile: its root.pem");
        }
    }

    /** The share of the past that one partition of the topic may keep. */
    HistorySettings historyPerPartition() {
        return requireNonNull(history).perPartition(Topic.OTLP_METRICS.partitions());
    }

    long historyBytes() {
        return requireNonNull(history).bytes();
    }

    /** All defaults but what must be known. */
    public static TopologyConfig of(Path dataDir) {
        return new TopologyConfig(
                null, null, 0, 0, dataDir, null, null, null, 0, 0, 0, 0, null, null, null, null, null);
    }

    /** The same, reading another Kafka. */
    public TopologyConfig withKafka(String bootstrapServers) {
        return with(bootstrapServers, host, port, sharing, kubernetes);
    }

    /** The same, listening elsewhere. */
    public TopologyConfig withAddress(String listenHost, int listenPort) {
        return with(kafka, listenHost, listenPort, sharing, kubernetes);
    }

    /** The same, sharing the work with others. */
    public TopologyConfig withSharing(SharingConfig how) {
        return with(kafka, host, port, how, kubernetes);
    }

    /** The same, with other questions to the cluster. */
    public TopologyConfig withKubernetes(KubernetesConfig how) {
        return with(kafka, host, port, sharing, how);
    }

    private TopologyConfig with(
            @Nullable String brokers,
            @Nullable String listenHost,
            int listenPort,
            @Nullable SharingConfig others,
            @Nullable KubernetesConfig cluster) {
        return new TopologyConfig(
                brokers,
                listenHost,
                listenPort,
                adminPort,
                dataDir,
                applicationId,
                searchUrl,
                uiResource,
                maxSubscribers,
                maxEdges,
                maxSeriesPerEdge,
                historyCells,
                history,
                controlPlane,
                trustAnchorFile,
                others,
                cluster);
    }

    private static int port(String key, int value, int standard) {
        if (value < ANY_PORT || value > 65_535) {
            throw new IllegalArgumentException(key + " must be 1..65535, or -1 for any that is free, not " + value);
        }
        return value == 0 ? standard : value;
    }

    private static int positive(String key, int value, int standard) {
        if (value < 0) {
            throw new IllegalArgumentException(key + " must be at least 1, not " + value);
        }
        return value == 0 ? standard : value;
    }
}
