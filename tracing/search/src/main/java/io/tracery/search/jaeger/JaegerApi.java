package io.tracery.search.jaeger;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.tracery.process.Component;
import io.tracery.process.ServerPort;
import io.tracery.search.jaeger.Answers.Answer;
import io.tracery.search.jaeger.Answers.Endpoint;
import io.tracery.search.store.QueryTimeoutException;
import io.tracery.search.store.SourceUnavailableException;
import io.tracery.search.store.TraceSource;
import io.tracery.search.store.UnsupportedQueryException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trace search over HTTP: Jaeger's older routes, its {@code /api/v3}, and what we say about traces beyond that. Answers are
 * written while they are read from their source, so one trace at a time is in memory.
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

    private final MeterRegistry registry;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore queries = new Semaphore(MAX_QUERIES);
    private final Server server;

    /** @param clockNanos now, Unix nanoseconds */
    public JaegerApi(InetSocketAddress address, TraceSource source, LongSupplier clockNanos, MeterRegistry registry) {
        this.registry = registry;
        ServerBuilder builder = Server.builder()
                .http(address)
                .requestTimeout(REQUEST_TIMEOUT)
                .maxNumConnections(MAX_CONNECTIONS)
                .maxRequestLength(64 * 1024)
                .gracefulShutdownTimeout(Duration.ZERO, DRAIN_TIMEOUT);
        for (Answers answers : List.of(
                new AnalysisApi(source),
                new MetricsApi(source, clockNanos),
                new LegacyApi(source, clockNanos),
                new V3Api(source))) {
            answers.endpoints().forEach(endpoint -> route(builder, answers, endpoint));
        }
        this.server = builder.build();
    }

    private void route(ServerBuilder builder, Answers answers, Endpoint endpoint) {
        Timer timer = Timer.builder("tracery.search.query")
                .description("Time from a query's arrival to the end of its answer")
                .tag("query", endpoint.name())
                .serviceLevelObjectives(LATENCIES)
                .register(registry);
        HttpService service = (ctx, request) -> {
            Timer.Sample sample = Timer.start(registry);
            ctx.log().whenComplete().thenRun(() -> sample.stop(timer));
            HttpResponseWriter response = HttpResponse.streaming();
            executor.execute(() -> respond(ctx, answers, endpoint, response));
            return response;
        };
        Route route =
                Route.builder().path(endpoint.path()).methods(HttpMethod.GET).build();
        builder.service(route, service);
    }

    private void respond(ServiceRequestContext ctx, Answers answers, Endpoint endpoint, HttpResponseWriter response) {
        boolean admitted = false;
        boolean pretty = false;
        try {
            QueryParams query = ctx.queryParams();
            pretty = new Parameters(query).pretty();
            admitted = queries.tryAcquire(QUEUE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            if (!admitted) {
                throw ApiException.busy(MAX_QUERIES + " queries are under way already; try again later");
            }
            Answer answer = endpoint.query().answer(ctx, query);
            response.write(ResponseHeaders.builder(HttpStatus.OK)
                    .contentType(MediaType.JSON)
                    .build());
            answer.write(new StreamedBody(response), pretty);
            response.close();
        } catch (ApiException e) {
            refuse(response, answers, e.status(), String.valueOf(e.getMessage()), pretty);
        } catch (QueryTimeoutException | SourceUnavailableException e) {
            refuse(response, answers, 503, String.valueOf(e.getMessage()), pretty);
        } catch (UnsupportedQueryException e) {
            refuse(response, answers, 501, String.valueOf(e.getMessage()), pretty);
        } catch (IOException e) {
            log.debug("an answer ended before it was complete", e);
            response.close(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            refuse(response, answers, 503, "the search is shutting down", pretty);
        } catch (RuntimeException e) {
            log.warn("{} failed", ctx.path(), e);
            refuse(response, answers, 500, "the search failed: " + e.getMessage(), pretty);
        } finally {
            if (admitted) {
                queries.release();
            }
        }
    }

    /** Jaeger sends its errors as text, although they are JSON. */
    private static void refuse(
            HttpResponseWriter response, Answers answers, int status, String message, boolean pretty) {
        ResponseHeaders headers = ResponseHeaders.builder(HttpStatus.valueOf(status))
                .contentType(MediaType.PLAIN_TEXT_UTF_8)
                .set("x-content-type-options", "nosniff")
                .build();
        if (response.tryWrite(headers) && response.tryWrite(HttpData.wrap(answers.error(status, message, pretty)))) {
            response.close();
        } else {
            response.abort();
        }
    }

    @Override
    public String name() {
        return "jaeger-api";
    }

    @Override
    public void start() {
        ServerPort.open(server, "trace search");
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
