package io.tracery.pipeline.ingest;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.SimpleDecoratingHttpService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

/**
 * Bounds how many exports are under way at once, and with them, since each has a largest size, the memory they take.
 * One more is refused before its body is read, with the request to try again. Counts what is refused.
 */
final class InFlightLimit extends SimpleDecoratingHttpService {

    private final AtomicInteger inFlight;
    private final int limit;
    private final Refusals refusals;
    private final BiFunction<HttpRequest, RefusedException, HttpResponse> refusal;

    /**
     * @param inFlight shared by the receivers that share the limit
     * @param refusal the answer to one more
     */
    InFlightLimit(
            HttpService delegate,
            AtomicInteger inFlight,
            int limit,
            Refusals refusals,
            BiFunction<HttpRequest, RefusedException, HttpResponse> refusal) {
        super(delegate);
        this.inFlight = inFlight;
        this.limit = limit;
        this.refusals = refusals;
        this.refusal = refusal;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) throws Exception {
        if (inFlight.incrementAndGet() > limit) {
            inFlight.decrementAndGet();
            refusals.count(Refusal.OVERLOADED);
            request.abort();
            return refusal.apply(
                    request,
                    new RefusedException(
                            Refusal.OVERLOADED, "more than " + limit + " exports are under way; send it again later"));
        }
        // The context's log is complete once the response is, whichever way it ended.
        ctx.log().whenComplete().thenAccept(export -> {
            refusals.answered(export);
            inFlight.decrementAndGet();
        });
        return unwrap().serve(ctx, request);
    }
}
