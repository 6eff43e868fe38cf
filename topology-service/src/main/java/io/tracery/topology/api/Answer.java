package io.tracery.topology.api;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.tracery.topology.history.Unavailable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** How a question is answered: off the event loop, for the time it takes grows with the graph; bad parameters with 400. */
final class Answer {

    private Answer() {}

    static HttpResponse to(ServiceRequestContext context, Function<Parameters, HttpResponse> work) {
        return HttpResponse.of(CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return work.apply(new Parameters(context.query()));
                    } catch (Parameters.Refused e) {
                        return Answers.error(HttpStatus.BAD_REQUEST, e.text());
                    } catch (Unavailable e) {
                        return Answers.error(HttpStatus.SERVICE_UNAVAILABLE, e.text());
                    }
                },
                context.blockingTaskExecutor()));
    }
}
