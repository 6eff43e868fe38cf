package io.tracery.proxy.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Intervention;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.http1.Complaint;
import io.tracery.proxy.loop.LoopState;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.mesh.MeshSnapshot;
import io.tracery.proxy.route.Filters;
import io.tracery.proxy.route.Quota;
import io.tracery.proxy.route.Redirect;
import io.tracery.proxy.route.Route;
import io.tracery.proxy.route.RouteTable;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.span.Fate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Begins exchanges: understands a request's head, gives it its place in a trace, and finds its route. */
final class Intake {

    private static final String GRPC_TYPE = "application/grpc";

    private Intake() {}

    /** What a client speaks. */
    enum Version {
        HTTP1,
        HTTP2,
        /**
         * HTTP/2 since an HTTP/1.1 request offered it. That was between the two of us: its requests go on as they would
         * have, for of who is behind us the client knows no more than that he speaks HTTP/1.1.
         */
        HTTP2_BY_UPGRADE
    }

    /** Who goes on with a request: a relay, or nobody because it has been answered. */
    static @Nullable HttpRelay begin(Downstream downstream, HttpRequest request, Version version, Client client) {
        boolean http2 = version != Version.HTTP1;
        LoopState loop = downstream.loop();
        // One snapshot from here to the exchange's end.
        MeshSnapshot snapshot = loop.snapshot();
        Listener listener =
                snapshot.listeners().getOrDefault(downstream.listener().name(), downstream.listener());
        HttpHeaders headers = request.headers();
        boolean asHttp2 = !NextHop.cameAsHttp1(downstream, headers) && version == Version.HTTP2;
        Exchange exchange = downstream.exchange(asHttp2 ? Protocol.HTTP2 : Protocol.HTTP1);
        if (listener.direction() == Direction.INBOUND) {
            exchange.peer(downstream.peer(), downstream.peer().identity(), downstream.mutualTls());
        }
        List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
        String wrong = problem(request, hosts.size(), http2);
        if (wrong != null) {
            return refuse(loop, exchange, client, Fate.MALFORMED_REQUEST, wrong);
        }
        boolean connect = HttpMethod.CONNECT.equals(request.method());
        String target = connect ? request.uri() : originForm(request.uri());
        // CONNECT has no path: it takes the routes that take every path.
        String path = connect ? "/" : withoutQuery(target);
        exchange.request(
                protocol(headers, asHttp2),
                request.method().name(),
                path,
                host(headers, hosts, request.uri()),
                downstream.mutualTls() ? "https" : "http");
        placeInTrace(loop, exchange, headers);
        RequestHead view = new RequestHead(exchange.method(), path, target, headers);
        RouteTable routes = listener.handler().routes();
        Route route = routes == null ? null : routes.find(view);
        exchange.routed(route);
        record(loop.observer().recordedHeaders(), headers, exchange);
        if (route == null) {
            return refuse(loop, exchange, client, Fate.NO_ROUTE, "no route of " + listener.name() + " takes " + path);
        }
        Filters filters = route.filters();
        Redirect redirect = filters.redirect();
        if (redirect != null && !connect) {
            exchange.intervene(Intervention.REDIRECT);
            exchange.cluster(snapshot.clusters().get(listener.name()));
            return refuse(loop, exchange, client, Fate.SERVED, RouteFilters.answer(redirect, exchange, target));
        }
        Quota quota = RateLimiting.ask(route.policies().rateLimit(), downstream, headers);
        if (quota != null && quota.refused()) {
            exchange.cluster(snapshot.clusters().get(listener.name()));
            return refuse(loop, exchange, client, Fate.RATE_LIMITED, RateLimiting.refusal(quota, exchange));
        }
        FaultPlan fault = FaultPlan.draw(route.policies().fault(), view, loop.random(), exchange);
        String protocol = Switching.asked(request.protocolVersion(), headers);
        HopByHop.remove(headers);
        if (protocol != null) {
            Switching.ask(headers, protocol);
        }
        RouteFilters.request(filters, headers);
        request.setUri(connect ? target : RouteFilters.target(filters, path, target));
        HttpRelay relay = new HttpRelay(loop, snapshot, exchange, client, request, route);
        if (!route.hashOn().isEmpty()) {
            relay.affinity(Affinity.of(route.hashOn(), headers, downstream.source(), loop.random()));
        }
        relay.quota(quota);
        relay.inject(fault);
        return relay;
    }

    /** As the client sent them; none unless the sidecar is told to. */
    private static void record(List<String> wanted, HttpHeaders headers, Exchange exchange) {
        if (!wanted.isEmpty()) {
            @Nullable String[] values = new @Nullable String[wanted.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = headers.get(wanted.get(i));
            }
            exchange.recordHeaders(values);
        }
    }

    /** An HTTP/1 request that could not even be read: counted, answered, and the end of its connection. */
    static void malformed(Downstream downstream, Client client, Complaint complaint, String detail) {
        LoopState loop = downstream.loop();
        Exchange exchange = downstream.exchange(Protocol.HTTP1);
        refuse(loop, exchange, client, Fate.MALFORMED_REQUEST, FailureResponder.refused(complaint, detail));
    }

    /** An HTTP/2 request that is none: counted; its stream is reset, because nothing of it can be trusted. */
    static void unanswerable(Downstream downstream) {
        LoopState loop = downstream.loop();
        Exchange exchange = downstream.exchange(Protocol.HTTP2);
        loop.observer().started(exchange);
        exchange.end(Fate.MALFORMED_REQUEST, loop.ticker().nanos());
        loop.observer().ended(exchange);
    }

    private static @Nullable HttpRelay refuse(
            LoopState loop, Exchange exchange, Client client, Fate fate, String detail) {
        return refuse(loop, exchange, client, fate, FailureResponder.answer(fate, exchange.protocol(), detail));
    }

    private static @Nullable HttpRelay refuse(
            LoopState loop, Exchange exchange, Client client, Fate fate, HttpResponse answer) {
        loop.observer().started(exchange);
        exchange.status(answer.status().code());
        if (exchange.protocol() == Protocol.GRPC) {
            exchange.grpcStatus(FailureResponder.grpcStatus(fate));
        }
        client.write(answer);
        client.flush();
        exchange.end(fate, loop.ticker().nanos());
        loop.observer().ended(exchange);
        client.over(/* answered= */ fate != Fate.MALFORMED_REQUEST);
        return null;
    }

    /** What makes a request one that must not be passed on (RFC 9112 sections 3.2 and 6), or null. */
    private static @Nullable String problem(HttpRequest request, int hosts, boolean http2) {
        boolean mustName = !http2 && request.protocolVersion().equals(HttpVersion.HTTP_1_1);
        if (hosts > 1 || (mustName && hosts == 0)) {
            return "a request has one Host header, this one has " + hosts;
        }
        if (request.headers().getAll(HttpHeaderNames.CONTENT_LENGTH).size() > 1) {
            return "more than one Content-Length";
        }
        if (Switching.refused(request)) {
            return "HTTP is no protocol to switch to from HTTP";
        }
        if (HttpMethod.CONNECT.equals(request.method())) {
            return Switching.problem(request);
        }
        String target = originForm(request.uri());
        if (!target.startsWith("/") && !(target.equals("*") && HttpMethod.OPTIONS.equals(request.method()))) {
            return "a request's target begins with a slash";
        }
        List<String> codings = request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (codings.size() > 1 || (codings.size() == 1 && !codings.getFirst().equalsIgnoreCase("chunked"))) {
            return "the only transfer coding is chunked";
        }
        return null;
    }

    private static Protocol protocol(HttpHeaders headers, boolean http2) {
        if (!http2) {
            return Protocol.HTTP1;
        }
        String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
        return type != null && grpc(type) ? Protocol.GRPC : Protocol.HTTP2;
    }

    /** With or without a message format; but not gRPC-Web, whose status is in its body. */
    private static boolean grpc(String type) {
        int end = GRPC_TYPE.length();
        return type.startsWith(GRPC_TYPE) && (type.length() == end || "+; ".indexOf(type.charAt(end)) >= 0);
    }

    private static void placeInTrace(LoopState loop, Exchange exchange, HttpHeaders headers) {
        TraceContext caller = TraceHeaders.read(headers);
        TraceContext own = caller == null ? TraceContext.root(loop.random()) : caller.child(loop.random());
        exchange.trace(TraceHeaders.marked(headers) ? own.marked() : own, caller == null ? 0 : caller.spanId());
    }

    /** Clients of a forward proxy send the absolute form; servers are sent the origin form (RFC 9112 section 3.2). */
    private static String originForm(String uri) {
        int scheme = uri.indexOf("://");
        if (scheme < 0 || uri.startsWith("/")) {
            return uri;
        }
        int end = endOfAuthority(uri, scheme + 3);
        String rest = uri.substring(end);
        return rest.startsWith("/") ? rest : "/" + rest;
    }

    /**
     * Whom the request is for, which from here on is what its Host header says. A target with a host of its own overrules that header
     * (RFC 9112 section 3.2.2), less the user and the password that may stand there, and HTTP/1.1 wants it even where an HTTP/1.0 client
     * sent none.
     */
    private static String host(HttpHeaders headers, List<String> hosts, String uri) {
        boolean absolute = !uri.startsWith("/") && uri.contains("://");
        if (!absolute && !hosts.isEmpty()) {
            return hosts.getFirst();
        }
        String host = absolute ? withoutUser(authority(uri)) : "";
        headers.set(HttpHeaderNames.HOST, host);
        return host;
    }

    private static String authority(String uri) {
        int start = uri.indexOf("://") + 3;
        return uri.substring(start, endOfAuthority(uri, start));
    }

    private static String withoutUser(String authority) {
        return authority.substring(authority.lastIndexOf('@') + 1);
    }

    private static int endOfAuthority(String uri, int start) {
        int end = start;
        while (end < uri.length() && uri.charAt(end) != '/' && uri.charAt(end) != '?') {
            end++;
        }
        return end;
    }

    private static String withoutQuery(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }
}
