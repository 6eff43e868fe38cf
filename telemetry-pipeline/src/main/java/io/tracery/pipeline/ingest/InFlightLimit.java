package io.tracery.pipeline.ingest;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.SimpleDecoratingHttpService;
import io.micrometer.core.instrument.Counter;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Bounds how many exports are under way at once, and with them, since each has a largest size, the memory they take.
 * One more is refused before its body is read, with the request to try again.
 */
final class InFlightLimit extends SimpleDecoratingHttpService {

    private final AtomicInteger inFlight;
    private final int limit;
    private final Supplier<HttpResponse> refusal;
    private final Counter refused;

    /** @param inFlight shared by the receivers that share the limit */
    InFlightLimit(
            HttpService delegate, AtomicInteger inFlight, int limit, Supplier<HttpResponse> refusal, Counter refused) {
        super(delegate);
        this.inFlight = inFlight;
        this.limit = limit;
        this.refusal = refusal;
        this.refused = refused;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) throws Exception {
        if (inFlight.incrementAndGet() > limit) {
            inFlight.decrementAndGet();
            refused.increment();
            request.abort();
            return refusal.get();
        }
        // The context's log is complete once the response is, whichever way it ended.
        ctx.log().whenComplete().thenRun(inFlight::decrementAndGet);
        return unwrap().serve(ctx, request);
    }

    static RefusedException overloaded(int limit) {
        return new RefusedException(
                Refusal.OVERLOADED, "more than " + limit + " exports are under way; send it again later");
    }
}
