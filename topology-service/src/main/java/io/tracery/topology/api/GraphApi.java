package io.tracery.topology.api;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.tracery.topology.graph.EdgeLag;
import io.tracery.topology.graph.GraphReader;
import io.tracery.topology.graph.GraphScope;
import io.tracery.topology.graph.Series;
import io.tracery.topology.views.PastGraph;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** {@code /api/graph}, {@code /api/edges/series}, {@code /api/nodes/series} and {@code /api/health}. */
final class GraphApi {

    private static final Parameters.Span RANGE =
            new Parameters.Span("range", Duration.ofMinutes(10), Duration.ofSeconds(5), Duration.ofMinutes(15));

    /** Proxies speak at least every 30 s, even when nothing happens. */
    private static final long STALE_MILLIS = 40_000;

    /**
     * How it is.
     *
     * @param tap whether {@code /api/tap} knows whom to ask
     */
    record Health(String status, long newestData, EdgeLag.Quantiles edgeLag, boolean tap) {}

    private final GraphReader reader;
    private final PastGraph past;
    private final Times times;
    private final Snapshots snapshots;
    private final EdgeLag lag;
    private final BooleanSupplier flowing;
    private final boolean tap;
    private final InstantSource clock;

    /**
     * @param flowing whether data would arrive if there were any
     * @param tap whether single exchanges can be asked for
     */
    GraphApi(
            GraphReader reader,
            PastGraph past,
            Times times,
            Snapshots snapshots,
            EdgeLag lag,
            BooleanSupplier flowing,
            boolean tap,
            InstantSource clock) {
        this.reader = reader;
        this.past = past;
        this.times = times;
        this.snapshots = snapshots;
        this.lag = lag;
        this.flowing = flowing;
        this.tap = tap;
        this.clock = clock;
    }

    HttpResponse graph(ServiceRequestContext context) {
        return Answer.to(context, parameters -> {
            parameters.only("window", "at", "from", "to", "namespace", "collapse");
            GraphScope scope = scope(parameters);
            Times.Asked asked = times.asked(parameters, null);
            return asked.live()
                    ? snapshots
                            .of(new Snapshots.View(asked.window(), scope))
                            .answer(context.request().headers())
                    : Answers.json(past.snapshot(times.interval(asked), scope, times.now()));
        });
    }

    static GraphScope scope(Parameters parameters) {
        String collapse = parameters.optional("collapse");
        if (collapse != null && !collapse.equals("namespace")) {
            throw new Parameters.Refused("collapse=" + collapse + " is not known: write collapse=namespace");
        }
        return new GraphScope(parameters.optional("namespace"), collapse != null);
    }

    HttpResponse edgeSeries(ServiceRequestContext context) {
        return Answer.to(context, parameters -> {
            parameters.only("id", "range", "at", "from", "to");
            String id = parameters.required("id", "shop/front>shop/cart:http");
            Times.Asked asked = asked(parameters);
            return asked == null
                    ? series("edge", id, reader.edgeSeries(id, parameters.span(RANGE)))
                    : Answers.json(past.edgeSeries(id, times.interval(asked)));
        });
    }

    HttpResponse nodeSeries(ServiceRequestContext context) {
        return Answer.to(context, parameters -> {
            parameters.only("id", "range", "at", "from", "to");
            String id = parameters.required("id", "shop/cart");
            Times.Asked asked = asked(parameters);
            return asked == null
                    ? series("node", id, reader.nodeSeries(id, parameters.span(RANGE)))
                    : Answers.json(past.nodeSeries(id, times.interval(asked)));
        });
    }

    /** Null for the last minutes up to now. */
    private Times.@Nullable Asked asked(Parameters parameters) {
        String at = parameters.optional("at");
        if (at != null) {
            return times.before("at", at, parameters.span(RANGE));
        }
        return parameters.optional("from") == null && parameters.optional("to") == null
                ? null
                : times.asked(parameters, null);
    }

    HttpResponse health(ServiceRequestContext context) {
        return Answer.to(context, parameters -> Answers.json(health()));
    }

    Health health() {
        long now = clock.millis();
        long newest = reader.newestData();
        boolean stale = now - newest > STALE_MILLIS || !flowing.getAsBoolean();
        String status = newest == 0 ? "empty" : stale ? "stale" : "ok";
        return new Health(status, newest, lag.quantiles(now), tap);
    }

    private static HttpResponse series(String kind, String id, Optional<Series> series) {
        return series.map(found -> Answers.json(found))
                .orElseGet(() -> Answers.error(
                        HttpStatus.NOT_FOUND,
                        "the graph has no " + kind + " " + id + "; /api/graph lists those it has"));
    }
}
