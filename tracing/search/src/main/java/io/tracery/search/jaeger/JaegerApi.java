package io.tracery.search.jaeger;

import com.fasterxml.jackson.core.JsonGenerator;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.tracery.process.Component;
import io.tracery.search.jaeger.TraceView.Mode;
import io.tracery.search.store.Kind;
import io.tracery.search.store.Operation;
import io.tracery.search.store.QueryTimeoutException;
import io.tracery.search.store.TraceStore;
import io.tracery.search.store.TraceStore.Trace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jaeger's HTTP query API, the set of routes that Jaeger's pages up to 2.18, Grafana and scripts use: services, operations,
 * search, one trace. Answers are written while they are read from the store, so one trace at a time is in memory.
 */
public final class JaegerApi implements Component {

    private static final Logger log = LoggerFactory.getLogger(JaegerApi.class);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_CONNECTIONS = 512;
    private static final int MAX_QUERIES = 16;
    private static final Duration QUEUE_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration[] LATENCIES = {
        Duration.ofMillis(5),
        Duration.ofMillis(25),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(2),
        Duration.ofSeconds(10)
    };

    private final TraceStore store;
    private final LongSupplier clockNanos;
    private final MeterRegistry registry;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore queries = new Semaphore(MAX_QUERIES);
    private final InetSocketAddress address;
    private final Server server;

    /** One route's work: reads its parameters, then starts the answer. */
    private interface Query {
        Answer answer(ServiceRequestContext ctx, Parameters parameters);
    }

    /** What {@code data} will hold; written only after the query was found to be answerable. */
    private record Answer(Envelope.Data data, List<Envelope.Problem> problems) {
        Answer(Envelope.Data data) {
            this(data, List.of());
        }
    }

    /** @param clockNanos now, Unix nanoseconds */
    public JaegerApi(InetSocketAddress address, TraceStore store, LongSupplier clockNanos, MeterRegistry registry) {
        this.address = address;
        this.store = store;
        this.clockNanos = clockNanos;
        this.registry = registry;
        ServerBuilder builder = Server.builder()
                .http(address)
                .requestTimeout(REQUEST_TIMEOUT)
                .maxNumConnections(MAX_CONNECTIONS)
                .maxRequestLength(64 * 1024)
                .gracefulShutdownTimeout(Duration.ZERO, DRAIN_TIMEOUT);
        route(builder, "/api/services", "services", this::services);
        route(builder, "/api/services/{service}/operations", "operations", this::operationNames);
        route(builder, "/api/operations", "operations", this::operations);
        route(builder, "/api/traces", "search", this::search);
        route(builder, "/api/traces/{id}", "trace", this::trace);
        this.server = builder.build();
    }

    private void route(ServerBuilder builder, String path, String name, Query query) {
        Timer timer = Timer.builder("tracery.search.query")
                .description("Time from a query's arrival to the end of its answer")
                .tag("query", name)
                .serviceLevelObjectives(LATENCIES)
                .register(registry);
        HttpService service = (ctx, request) -> {
            Timer.Sample sample = Timer.start(registry);
            ctx.log().whenComplete().thenRun(() -> sample.stop(timer));
            HttpResponseWriter response = HttpResponse.streaming();
            executor.execute(() -> respond(ctx, query, response));
            return response;
        };
        builder.service(
                Route.builder()
                        .path(path)
                        .methods(com.linecorp.armeria.common.HttpMethod.GET)
                        .build(),
                service);
    }

    private void respond(ServiceRequestContext ctx, Query query, HttpResponseWriter response) {
        boolean admitted = false;
        boolean pretty = false;
        try {
            Parameters parameters = new Parameters(ctx.queryParams());
            pretty = parameters.pretty();
            admitted = queries.tryAcquire(QUEUE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            if (!admitted) {
                throw ApiException.busy(MAX_QUERIES + " queries are under way already; try again later");
            }
            Answer answer = query.answer(ctx, parameters);
            response.write(ResponseHeaders.builder(HttpStatus.OK)
                    .contentType(MediaType.JSON)
                    .build());
            Envelope.write(new StreamedBody(response), pretty, answer.data, answer.problems);
            response.close();
        } catch (ApiException e) {
            refuse(response, e.status(), String.valueOf(e.getMessage()), pretty);
        } catch (QueryTimeoutException e) {
            refuse(response, 503, String.valueOf(e.getMessage()), pretty);
        } catch (IOException e) {
            log.debug("an answer ended before it was complete", e);
            response.close(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            refuse(response, 503, "the search is shutting down", pretty);
        } catch (RuntimeException e) {
            log.warn("{} failed", ctx.path(), e);
            refuse(response, 500, "the search failed: " + e.getMessage(), pretty);
        } finally {
            if (admitted) {
                queries.release();
            }
        }
    }

    /** Jaeger sends its errors as text, although they are JSON. */
    private static void refuse(HttpResponseWriter response, int status, String message, boolean pretty) {
        ResponseHeaders headers = ResponseHeaders.builder(HttpStatus.valueOf(status))
                .contentType(MediaType.PLAIN_TEXT_UTF_8)
                .set("x-content-type-options", "nosniff")
                .build();
        if (response.tryWrite(headers)
                && response.tryWrite(
                        com.linecorp.armeria.common.HttpData.wrap(Envelope.error(status, message, pretty)))) {
            response.close();
        } else {
            response.abort();
        }
    }

    private Answer services(ServiceRequestContext ctx, Parameters parameters) {
        return names(store.services());
    }

    private Answer operationNames(ServiceRequestContext ctx, Parameters parameters) {
        String service = String.valueOf(ctx.pathParam("service"));
        return names(store.operations(service).stream()
                .map(Operation::name)
                .distinct()
                .toList());
    }

    private static Answer names(List<String> names) {
        return new Answer(json -> {
            for (String name : names) {
                json.writeString(name);
            }
            return names.size();
        });
    }

    private Answer operations(ServiceRequestContext ctx, Parameters parameters) {
        List<Kind> kinds = parameters.spanKinds();
        List<Operation> operations = store.operations(parameters.service()).stream()
                .filter(operation -> kinds.isEmpty() || kinds.contains(operation.kind()))
                .toList();
        return new Answer(json -> {
            for (Operation operation : operations) {
                json.writeStartObject();
                json.writeStringField("name", operation.name());
                json.writeStringField("spanKind", operation.kind().label());
                json.writeEndObject();
            }
            return operations.size();
        });
    }

    private Answer search(ServiceRequestContext ctx, Parameters parameters) {
        Mode mode = parameters.raw() ? Mode.RAW : Mode.ADJUSTED;
        List<String> named = parameters.traceIds();
        if (named.isEmpty()) {
            List<String> found = store.find(parameters.search(clockNanos.getAsLong()));
            return new Answer(json -> writeTraces(json, found, mode, new ArrayList<>()));
        }
        List<Envelope.Problem> missing = new ArrayList<>();
        return new Answer(json -> writeTraces(json, named, mode, missing), missing);
    }

    private int writeTraces(JsonGenerator json, List<String> ids, Mode mode, List<Envelope.Problem> missing)
            throws IOException {
        int written = 0;
        for (String id : ids) {
            Optional<Trace> trace = store.trace(id);
            if (trace.isPresent()) {
                new TraceJson(json, mode).write(TraceView.of(trace.get(), mode));
                written++;
            } else {
                missing.add(new Envelope.Problem(null, "trace not found", id));
            }
        }
        return written;
    }

    private Answer trace(ServiceRequestContext ctx, Parameters parameters) {
        Mode mode = parameters.raw() ? Mode.RAW : Mode.ADJUSTED;
        String id = Parameters.traceId(String.valueOf(ctx.pathParam("id")));
        TraceView trace = TraceView.of(store.trace(id).orElseThrow(ApiException::traceNotFound), mode);
        return new Answer(json -> {
            new TraceJson(json, mode).write(trace);
            return 1;
        });
    }

    @Override
    public String name() {
        return "jaeger-api";
    }

    @Override
    public void start() {
        try {
            server.start().join();
        } catch (CompletionException e) {
            throw new IllegalStateException(
                    "the trace search port " + address + " cannot be opened: " + e.getCause()
                            + "; free it or configure another",
                    e);
        }
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
        server.stop().join();
        executor.shutdownNow();
    }
}
