package io.tracery.topology.api;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.tracery.topology.graph.EdgeLag;
import io.tracery.topology.graph.GraphReader;
import io.tracery.topology.graph.Series;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** {@code /api/graph}, {@code /api/edges/series}, {@code /api/nodes/series} and {@code /api/health}. */
final class GraphApi {

    static final Parameters.Span WINDOW =
            new Parameters.Span("window", Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ofMinutes(10));
    private static final Parameters.Span RANGE =
            new Parameters.Span("range", Duration.ofMinutes(10), Duration.ofSeconds(5), Duration.ofMinutes(15));

    /** Proxies speak at least every 30 s, even when nothing happens. */
    private static final long STALE_MILLIS = 40_000;

    private record Health(String status, long newestData, EdgeLag.Quantiles edgeLag) {}

    private final GraphReader reader;
    private final Snapshots snapshots;
    private final EdgeLag lag;
    private final BooleanSupplier flowing;
    private final InstantSource clock;

    /** @param flowing whether data would arrive if there were any */
    GraphApi(GraphReader reader, Snapshots snapshots, EdgeLag lag, BooleanSupplier flowing, InstantSource clock) {
        this.reader = reader;
        this.snapshots = snapshots;
        this.lag = lag;
        this.flowing = flowing;
        this.clock = clock;
    }

    HttpResponse graph(ServiceRequestContext context) {
        return answer(context, () -> {
            Duration window = new Parameters(context.query()).only("window").span(WINDOW);
            return Answers.json(snapshots.of(window).json());
        });
    }

    HttpResponse edgeSeries(ServiceRequestContext context) {
        return answer(context, () -> {
            Parameters parameters = new Parameters(context.query()).only("id", "range");
            String id = parameters.required("id", "shop/front>shop/cart:http");
            return series("edge", id, reader.edgeSeries(id, parameters.span(RANGE)));
        });
    }

    HttpResponse nodeSeries(ServiceRequestContext context) {
        return answer(context, () -> {
            Parameters parameters = new Parameters(context.query()).only("id", "range");
            String id = parameters.required("id", "shop/cart");
            return series("node", id, reader.nodeSeries(id, parameters.span(RANGE)));
        });
    }

    HttpResponse health(ServiceRequestContext context) {
        return answer(context, () -> {
            long now = clock.millis();
            long newest = reader.newestData();
            boolean stale = now - newest > STALE_MILLIS || !flowing.getAsBoolean();
            String status = newest == 0 ? "empty" : stale ? "stale" : "ok";
            return Answers.json(new Health(status, newest, lag.quantiles(now)));
        });
    }

    private static HttpResponse series(String kind, String id, Optional<Series> series) {
        return series.map(found -> Answers.json(found))
                .orElseGet(() -> Answers.error(
                        HttpStatus.NOT_FOUND,
                        "the graph has no " + kind + " " + id + "; /api/graph lists those it has"));
    }

    /** Off the event loop, for the time it takes grows with the graph. */
    private static HttpResponse answer(ServiceRequestContext context, Supplier<HttpResponse> work) {
        return HttpResponse.of(CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return work.get();
                    } catch (Parameters.Refused e) {
                        return Answers.error(HttpStatus.BAD_REQUEST, e.text());
                    }
                },
                context.blockingTaskExecutor()));
    }
}
