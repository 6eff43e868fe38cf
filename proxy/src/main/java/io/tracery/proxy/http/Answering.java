package io.tracery.proxy.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.route.Filters;
import io.tracery.proxy.route.Quota;
import io.tracery.proxy.upstream.Lease;
import io.tracery.tracing.span.Fate;
import org.jspecify.annotations.Nullable;

/**
 * How an exchange's answer begins: with the endpoint's head as its route wants it changed, or with one of the proxy's own.
 * It begins once. Confined to the event loop of the client's connection.
 */
final class Answering {

    private final Exchange exchange;
    private final Client client;
    private final HttpMethod method;
    private final Filters routeFilters;

    // Known when the exchange starts.
    private Filters shareFilters = Filters.NONE;
    private @Nullable String newCookie;
    private @Nullable Quota quota;

    // Known when the endpoint's head has come.
    private boolean begun;
    private boolean keepsAlive;
    private boolean tunnel;

    Answering(Exchange exchange, Client client, HttpMethod method, Filters routeFilters) {
        this.exchange = exchange;
        this.client = client;
        this.method = method;
        this.routeFilters = routeFilters;
    }

    /** What the chosen share of the route's split changes. */
    void share(Filters filters) {
        shareFilters = filters;
    }

    /** What the client is given to come back to its endpoint with; null: nothing. */
    void cookie(@Nullable String setCookie) {
        newCookie = setCookie;
    }

    /** What the route's limit said; null: it has none. */
    void quota(@Nullable Quota said) {
        quota = said;
    }

    /** The endpoint's head is the one the client gets; it is made ready for that. */
    void pass(HttpResponse response, int grpc) {
        begun = true;
        if (newCookie != null) {
            response.headers().add(HttpHeaderNames.SET_COOKIE, newCookie);
        }
        exchange.status(response.status().code());
        GrpcStatus.note(grpc, exchange);
        keepsAlive = HttpUtil.isKeepAlive(response);
        String switched = response.headers().get(HttpHeaderNames.UPGRADE, "");
        HopByHop.remove(response.headers());
        RouteFilters.edit(routeFilters.response(), response.headers());
        RouteFilters.edit(shareFilters.response(), response.headers());
        if (quota != null) {
            RateLimiting.tellUnlessTold(quota, response.headers());
        }
        tunnel = Switching.done(method, response);
        if (tunnel) {
            // Of no meaning there, and a trap for who takes it seriously (RFC 9110 section 9.3.6).
            response.headers().remove(HttpHeaderNames.CONTENT_LENGTH).remove(HttpHeaderNames.TRANSFER_ENCODING);
        }
        if (tunnel && !switched.isEmpty()) {
            Switching.ask(response.headers(), switched);
        }
    }

    /** Whether the connection to the endpoint may carry another request after this one. */
    boolean upstreamKeepsAlive() {
        return keepsAlive && !tunnel;
    }

    /** Whether the connection speaks another protocol since the endpoint's head. */
    boolean tunnel() {
        return tunnel;
    }

    /** Answers for the upstream, unless that has begun to answer for itself; whether it did. */
    boolean failed(Fate fate, String detail) {
        if (begun) {
            return false;
        }
        own(FailureResponder.answer(fate, exchange.protocol(), detail), FailureResponder.grpcStatus(fate));
        return true;
    }

    /** As {@link #failed}; where the answer has begun, the client learns from its end how it was broken off. */
    boolean brokenOff(Fate fate, HttpAttempt attempt) {
        Lease lease = attempt.lease();
        if (lease != null) {
            client.brokenOff(tunnel ? Switching.brokenOff(method) : lease.resetCode());
        }
        return failed(fate, attempt.load().endpoint().address() + " ended the connection");
    }

    /** Answers with the proxy's own words. */
    void own(HttpResponse answer, int grpcStatus) {
        exchange.status(answer.status().code());
        if (exchange.protocol() == Protocol.GRPC) {
            exchange.grpcStatus(grpcStatus);
        }
        client.write(answer);
        client.flush();
    }
}
