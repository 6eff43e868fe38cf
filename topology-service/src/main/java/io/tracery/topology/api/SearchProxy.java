package io.tracery.topology.api;

import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.net.URI;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /search/**} as the trace search API answers it, so that the pages have one origin. Reads only. */
final class SearchProxy implements HttpService {

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(15);
    private static final long MAX_ANSWER_BYTES = 64L << 20;
    private static final Logger log = LoggerFactory.getLogger(SearchProxy.class);

    private final URI searchUrl;
    private final WebClient client;

    SearchProxy(URI searchUrl) {
        this.searchUrl = searchUrl;
        this.client = WebClient.builder(searchUrl)
                .responseTimeout(ANSWER_WITHIN)
                .maxResponseLength(MAX_ANSWER_BYTES)
                .build();
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
        HttpMethod method = request.method();
        if (method != HttpMethod.GET && method != HttpMethod.HEAD) {
            request.abort();
            return Answers.error(HttpStatus.METHOD_NOT_ALLOWED, "traces can only be read here: use GET");
        }
        String path = context.query() == null ? context.mappedPath() : context.mappedPath() + "?" + context.query();
        RequestHeadersBuilder headers = RequestHeaders.builder(method, path);
        String accept = request.headers().get("accept");
        if (accept != null) {
            headers.set("accept", accept);
        }
        return client.execute(HttpRequest.of(headers.build())).recover(failure -> {
            log.debug("trace search at {} failed", searchUrl, failure);
            return Answers.error(
                    HttpStatus.BAD_GATEWAY,
                    "trace search at " + searchUrl + " does not answer ("
                            + failure.getClass().getSimpleName() + "): is it running, and is searchUrl right?");
        });
    }
}
