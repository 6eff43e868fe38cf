package io.tracery.topology.peers;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.tracery.topology.fleet.Fleet;
import io.tracery.topology.fleet.FleetCodec;
import io.tracery.topology.graph.GraphShareCodec;
import io.tracery.topology.graph.GraphSharing;
import io.tracery.topology.history.History;
import io.tracery.topology.history.Unavailable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * {@code /internal/**}: what this process counted, for the others that share the work. They wait for threads of their own: those that answer questions may
 * all be waiting for another process that waits for this one.
 */
public final class PeerEndpoints {

    static final String GRAPH = "/internal/graph";
    static final String WINDOWS = "/internal/windows";
    static final String STATS = "/internal/stats";
    static final String PROXIES = "/internal/proxies";
    static final String EVENTS = "/internal/events";

    private static final int WORKERS = 4;

    private final GraphSharing sharing;
    private final History history;
    private final Fleet fleet;

    public PeerEndpoints(GraphSharing sharing, History history, Fleet fleet) {
        this.sharing = sharing;
        this.history = history;
        this.fleet = fleet;
    }

    public void bind(ServerBuilder server) {
        get(
                server,
                GRAPH,
                query -> GraphShareCodec.write(
                        sharing.tell(new GraphSharing.Known(query.getLong("epoch", 0), query.getLong("after", 0)))));
        get(server, STATS, query -> PeerWire.stats(history.stats()));
        get(server, PROXIES, query -> PeerWire.list(fleet.proxies(), FleetCodec::write));
        get(
                server,
                EVENTS,
                query -> PeerWire.list(
                        fleet.events(query.getLong("from", 0), query.getLong("to", 0)), FleetCodec::write));
        server.route()
                .post(WINDOWS)
                .blockingTaskExecutor(WORKERS)
                .build((context, request) -> HttpResponse.of(
                        request.aggregate().thenCompose(whole -> answer(context, () -> windows(whole)))));
    }

    private byte[] windows(AggregatedHttpRequest request) {
        PeerWire.Question question = PeerWire.readQuestion(request.content().array());
        return PeerWire.windows(sink -> history.read(question.partitions(), question.reading(), sink));
    }

    private static void get(ServerBuilder server, String path, Function<QueryParams, byte[]> work) {
        HttpService service = (context, request) -> HttpResponse.of(
                answer(context, () -> work.apply(QueryParams.fromQueryString(String.valueOf(context.query())))));
        server.route().get(path).blockingTaskExecutor(WORKERS).build(service);
    }

    /** Says what it has, in bytes. */
    private interface Work {
        byte[] bytes();
    }

    private static CompletableFuture<HttpResponse> answer(ServiceRequestContext context, Work work) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return HttpResponse.of(HttpStatus.OK, MediaType.OCTET_STREAM, HttpData.wrap(work.bytes()));
                    } catch (Unavailable e) {
                        return HttpResponse.of(HttpStatus.CONFLICT, MediaType.PLAIN_TEXT_UTF_8, e.text());
                    } catch (IllegalArgumentException e) {
                        return HttpResponse.of(
                                HttpStatus.BAD_REQUEST, MediaType.PLAIN_TEXT_UTF_8, String.valueOf(e.getMessage()));
                    }
                },
                context.blockingTaskExecutor());
    }
}
