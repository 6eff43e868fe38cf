package io.tracery.shop.net;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.server.ServiceRequestContext;
import org.jspecify.annotations.Nullable;

/** A request that a service answers, with its whole body. */
public final class Call {

    private final ServiceRequestContext context;
    private final AggregatedHttpRequest request;
    private final Forwarded forwarded;

    Call(ServiceRequestContext context, AggregatedHttpRequest request) {
        this.context = context;
        this.request = request;
        this.forwarded = Forwarded.from(request.headers());
    }

    /** What to hand on to peers. */
    public Forwarded forwarded() {
        return forwarded;
    }

    public String requestId() {
        return forwarded.requestId();
    }

    /** A variable of the route's path, which the route guarantees to be there. */
    public String path(String variable) {
        String value = context.pathParam(variable);
        if (value == null) {
            throw new IllegalStateException("the route has no variable " + variable);
        }
        return value;
    }

    /** A parameter of the query, or of the body where that is a form. */
    public String parameter(String name, String otherwise) {
        String value = context.queryParam(name);
        if (value == null && !request.content().isEmpty()) {
            value = QueryParams.fromQueryString(request.contentUtf8()).get(name);
        }
        return value == null ? otherwise : value;
    }

    public @Nullable String header(String name) {
        return request.headers().get(name);
    }

    public String body() {
        return request.contentUtf8();
    }
}
