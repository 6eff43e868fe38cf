package io.tracery.shop.net;

import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpHeadersBuilder;
import com.linecorp.armeria.common.RequestHeaders;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The headers that a service hands on from the request it serves to the requests it makes. This is all that tracing
 * asks of an application: copy them.
 *
 * @param requestId names the customer's request in every service; made up where the caller sent none that can stand in a path
 * @param headers lower-case names, the request id among them
 */
public record Forwarded(String requestId, HttpHeaders headers) {

    public static final String REQUEST_ID = "x-request-id";
    public static final String TRACEPARENT = "traceparent";

    private static final Pattern PLAIN_ID = Pattern.compile("[A-Za-z0-9-]{1,64}");
    private static final List<String> TRACE_HEADERS = List.of(TRACEPARENT, "tracestate", "baggage");

    /** Trace headers and request id of an arriving request. */
    public static Forwarded from(RequestHeaders request) {
        String id = request.get(REQUEST_ID);
        String requestId = id != null && PLAIN_ID.matcher(id).matches()
                ? id
                : UUID.randomUUID().toString();
        HttpHeadersBuilder kept = HttpHeaders.builder().add(REQUEST_ID, requestId);
        for (String name : TRACE_HEADERS) {
            request.getAll(name).forEach(value -> kept.add(name, value));
        }
        return new Forwarded(requestId, kept.build());
    }

    /** The request id alone: what a service forwards that was never taught about traces. */
    public Forwarded withoutTrace() {
        HttpHeadersBuilder kept = headers.toBuilder();
        TRACE_HEADERS.forEach(kept::remove);
        return new Forwarded(requestId, kept.build());
    }

    /** The same trace, continued from a span of the application's own. */
    public Forwarded within(String traceparent) {
        return new Forwarded(
                requestId, headers.toBuilder().set(TRACEPARENT, traceparent).build());
    }
}
