package io.tracery.topology.api;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.encoding.EncodingService;
import io.micrometer.core.instrument.MeterRegistry;
import io.tracery.process.Component;
import io.tracery.process.ServerPort;
import io.tracery.topology.fleet.FleetSource;
import io.tracery.topology.graph.EdgeLag;
import io.tracery.topology.graph.GraphReader;
import io.tracery.topology.history.Past;
import io.tracery.topology.peers.PeerEndpoints;
import io.tracery.topology.views.PastGraph;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The port of the graph, its pages and, by proxy, trace search. */
public final class ApiServer implements Component {

    private static final Logger log = LoggerFactory.getLogger(ApiServer.class);
    private static final int WORKERS = 4;
    private static final int MAX_CONNECTIONS = 1024;
    private static final Duration REQUEST_WITHIN = Duration.ofSeconds(20);

    /** Pages come from here and talk to here; charts and layout set styles of elements, layout runs in a worker. */
    private static final String CONTENT_SECURITY_POLICY = "default-src 'self'; img-src 'self' data:; "
            + "style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; "
            + "form-action 'none'; frame-ancestors 'none'";

    /**
     * Where to listen and what to serve.
     *
     * @param uiResource folder of the class path that holds the pages
     * @param searchUrl base of the trace search API
     * @param maxSubscribers to the stream of graphs
     * @param tap who brings single exchanges, null where nobody can
     * @param tooSlow a subscriber that has not taken an event for this long is dropped
     */
    public record Settings(
            InetSocketAddress address,
            String uiResource,
            URI searchUrl,
            int maxSubscribers,
            @Nullable TapApi tap,
            Duration tooSlow) {}

    /** Where answers come from. */
    public record Sources(GraphReader graph, Past past, FleetSource fleet, PeerEndpoints peers) {}

    /** How long a subscriber may take for one event, unless told otherwise. */
    public static final Duration TOO_SLOW = Duration.ofSeconds(10);

    private final Settings settings;
    private final GraphEvents events;
    private final Server server;
    private final ExecutorService ahead = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("graph-ahead").factory());

    /** @param flowing whether data would arrive if there were any */
    public ApiServer(
            Settings settings,
            Sources sources,
            EdgeLag lag,
            BooleanSupplier flowing,
            Surroundings surroundings,
            MeterRegistry registry,
            InstantSource clock) {
        this.settings = settings;
        GraphReader reader = sources.graph();
        Snapshots snapshots = new Snapshots(reader, System::nanoTime, ahead);
        Times times = new Times(sources.past(), clock);
        this.events = new GraphEvents(snapshots, settings.maxSubscribers(), settings.tooSlow(), registry);
        GraphApi graph = new GraphApi(
                reader, new PastGraph(sources.past()), times, snapshots, lag, flowing, settings.tap() != null, clock);
        MeshApi mesh = new MeshApi(sources.fleet(), times, surroundings, graph::health);
        this.server =
                build(settings, graph, new PastApi(reader, sources.past(), times, mesh), mesh, events, sources.peers());
    }

    private static Server build(
            Settings settings, GraphApi api, PastApi past, MeshApi mesh, GraphEvents events, PeerEndpoints peers) {
        ServerBuilder server = Server.builder()
                .http(settings.address())
                .maxNumConnections(MAX_CONNECTIONS)
                .requestTimeout(REQUEST_WITHIN)
                .blockingTaskExecutor(WORKERS)
                .gracefulShutdownTimeout(Duration.ZERO, Duration.ofSeconds(1))
                .errorHandler(new JsonErrors());
        server.route().get("/api/graph").build(compressed((context, request) -> api.graph(context)));
        server.route().get("/api/graph/stream").build((context, request) -> events.subscribe(context));
        server.route().get("/api/edges/series").build(compressed((context, request) -> api.edgeSeries(context)));
        server.route().get("/api/nodes/series").build(compressed((context, request) -> api.nodeSeries(context)));
        server.route().get("/api/graph/diff").build(compressed((context, request) -> past.diff(context)));
        server.route().get("/api/edges").build(compressed((context, request) -> past.edge(context)));
        server.route().get("/api/services").build(compressed((context, request) -> past.services(context)));
        server.route()
                .get("/api/services/{namespace}/{name}")
                .build(compressed((context, request) -> past.service(context)));
        server.route().get("/api/routes").build(compressed((context, request) -> past.routes(context)));
        server.route().get("/api/events").build(compressed((context, request) -> mesh.events(context)));
        server.route().get("/api/mesh").build(compressed((context, request) -> mesh.mesh(context)));
        server.route().get("/api/limits").build((context, request) -> mesh.limits(context));
        server.route().get("/api/health").build((context, request) -> api.health(context));
        TapApi tap = settings.tap();
        server.route()
                .get("/api/tap")
                .build((context, request) -> tap == null ? TapApi.off() : tap.serve(context, request));
        peers.bind(server);
        server.serviceUnder("/api", (context, request) -> unknown(context));
        server.serviceUnder("/search", compressed(new SearchProxy(settings.searchUrl())));
        new Pages(ApiServer.class.getClassLoader(), settings.uiResource()).bind(server);
        server.decorator((delegate, context, request) -> {
            context.setAdditionalResponseHeader("content-security-policy", CONTENT_SECURITY_POLICY);
            context.setAdditionalResponseHeader("x-content-type-options", "nosniff");
            context.setAdditionalResponseHeader("referrer-policy", "no-referrer");
            return delegate.serve(context, request);
        });
        return server.build();
    }

    private static HttpService compressed(HttpService service) {
        return service.decorate(EncodingService.newDecorator());
    }

    private static HttpResponse unknown(ServiceRequestContext context) {
        return Answers.error(
                HttpStatus.NOT_FOUND,
                "there is no " + context.method() + " " + context.path()
                        + "; there are GET /api/graph, /api/graph/stream, /api/graph/diff, /api/edges, /api/edges/series,"
                        + " /api/nodes/series, /api/services, /api/services/{namespace}/{name}, /api/routes, /api/events,"
                        + " /api/mesh, /api/limits, /api/tap and /api/health");
    }

    @Override
    public String name() {
        return "topology-api";
    }

    @Override
    public void start() {
        ServerPort.open(server, "topology API");
        events.start();
    }

    /** The port in use; of interest where port 0 was asked for. */
    public int port() {
        return server.activeLocalPort();
    }

    @Override
    public boolean ready() {
        return server.activePort() != null;
    }

    @Override
    public void close() {
        events.close();
        TapApi tap = settings.tap();
        if (tap != null) {
            tap.close();
        }
        server.stop().join();
        ahead.shutdownNow();
    }

    /** Errors that no service answered. */
    private static final class JsonErrors implements ServerErrorHandler {

        @Override
        public @Nullable HttpResponse onServiceException(ServiceRequestContext context, Throwable cause) {
            if (cause instanceof com.linecorp.armeria.server.RequestTimeoutException) {
                return Answers.error(
                        HttpStatus.SERVICE_UNAVAILABLE,
                        context.path() + " took longer than " + REQUEST_WITHIN.toSeconds()
                                + " s; try a shorter window");
            }
            if (cause instanceof com.linecorp.armeria.server.HttpStatusException
                    || cause instanceof com.linecorp.armeria.server.HttpResponseException) {
                return null;
            }
            log.warn("{} failed", context.path(), cause);
            return Answers.error(
                    HttpStatus.INTERNAL_SERVER_ERROR, context.path() + " failed; the log of topology-service says why");
        }

        @Override
        public AggregatedHttpResponse renderStatus(
                @Nullable ServiceRequestContext context,
                ServiceConfig config,
                @Nullable RequestHeaders headers,
                HttpStatus status,
                @Nullable String description,
                @Nullable Throwable cause) {
            return Answers.errorNow(status, description == null ? status.reasonPhrase() : description);
        }
    }
}
