package io.tracery.shop.net;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An HTTP service instance: handlers run on virtual threads and may block. Every answer says which instance gave it. */
public final class HttpApplication implements Application {

    /** Response header that tells a service's own answers from those of something between. */
    public static final String SERVED_BY = "x-served-by";

    private static final Logger log = LoggerFactory.getLogger(HttpApplication.class);
    private static final long MOST_REQUEST_BYTES = 64 * 1024;

    private final String name;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ServerBuilder builder;
    private final Server server;

    /** Answers one call; what it throws becomes 502 for a failed peer, else 500. */
    @FunctionalInterface
    public interface Handler {
        Answer handle(Call call) throws Exception;
    }

    /** Names the routes of a service. */
    @FunctionalInterface
    public interface Routes {
        void addTo(HttpApplication application);
    }

    public HttpApplication(String name, InetSocketAddress address, Routes routes) {
        this.name = name;
        this.builder = Server.builder().http(address).maxRequestLength(MOST_REQUEST_BYTES);
        routes.addTo(this);
        this.server = builder.build();
    }

    /** Adds a route; called by {@link Routes} only. */
    public HttpApplication on(HttpMethod method, String path, Handler handler) {
        Route route = Route.builder().methods(method).path(path).build();
        builder.service(
                route,
                (context, request) -> HttpResponse.of(request.aggregate()
                        .thenCompose(whole -> CompletableFuture.supplyAsync(
                                () -> answer(handler, new Call(context, whole)), threads))));
        return this;
    }

    @Override
    public void start() {
        server.start().join();
    }

    @Override
    public int port() {
        return server.activeLocalPort();
    }

    @Override
    public void close() {
        server.stop().join();
        threads.shutdownNow();
    }

    private HttpResponse answer(Handler handler, Call call) {
        Answer answer;
        try {
            answer = handler.handle(call);
        } catch (PeerFailedException e) {
            log.warn("{} request {}: {}", name, call.requestId(), e.getMessage());
            answer = Answer.text(502, String.valueOf(e.getMessage()));
        } catch (Exception e) {
            log.error("{} request {} failed", name, call.requestId(), e);
            answer = Answer.text(500, name + " failed");
        }
        ResponseHeaders headers = ResponseHeaders.builder(HttpStatus.valueOf(answer.status()))
                .contentType(answer.type())
                .set(SERVED_BY, name)
                .build();
        return HttpResponse.of(headers, HttpData.ofUtf8(answer.body()));
    }
}
