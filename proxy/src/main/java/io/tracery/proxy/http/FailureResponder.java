package io.tracery.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.http1.Complaint;
import io.tracery.proxy.route.Fault;
import io.tracery.tracing.span.Fate;
import java.nio.charset.StandardCharsets;

/** The one table from fate to answer. No status code of the proxy's own stands anywhere else. */
final class FailureResponder {

    static final String FATE_HEADER = "x-tracery-fate";

    private FailureResponder() {}

    /**
     * The answer of the proxy's own to a request that ended before the upstream answered.
     *
     * @param detail for the person who sees it: what happened and where
     */
    static FullHttpResponse answer(Fate fate, Protocol protocol, String detail) {
        return protocol == Protocol.GRPC ? trailersOnly(fate, detail) : plain(fate, httpStatus(fate), detail);
    }

    /** The answer to a request that was not even read. */
    static FullHttpResponse refused(Complaint complaint, String detail) {
        HttpResponseStatus status = switch (complaint) {
            case MALFORMED -> httpStatus(Fate.MALFORMED_REQUEST);
            case LATE -> HttpResponseStatus.REQUEST_TIMEOUT;
            case LONG_LINE -> HttpResponseStatus.REQUEST_URI_TOO_LONG;
            case LARGE_HEAD -> HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
        };
        return plain(Fate.MALFORMED_REQUEST, status, detail);
    }

    /** The answer that a fault gives. */
    static FullHttpResponse injected(Fault.Abort abort, Protocol protocol) {
        String detail = "this fault was injected, as the route says";
        if (protocol == Protocol.GRPC) {
            FullHttpResponse answer = trailersOnly(Fate.FAULT_INJECTED, detail);
            answer.headers().set(GrpcStatus.HEADER, grpcStatus(abort));
            return answer;
        }
        HttpResponseStatus status = abort.httpStatus() == 0
                ? httpStatus(Fate.FAULT_INJECTED)
                : HttpResponseStatus.valueOf(abort.httpStatus());
        return plain(Fate.FAULT_INJECTED, status, detail);
    }

    /** Where only an HTTP status is said, what gRPC makes of it (gRPC's http-grpc-status-mapping.md). */
    static int grpcStatus(Fault.Abort abort) {
        if (abort.grpcStatus() >= 0) {
            return abort.grpcStatus();
        }
        return GrpcStatus.ofHttp(abort.httpStatus());
    }

    private static FullHttpResponse plain(Fate fate, HttpResponseStatus status, String detail) {
        ByteBuf body = Unpooled.copiedBuffer(fate.label() + ": " + detail + "\n", StandardCharsets.UTF_8);
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
                .set(FATE_HEADER, fate.label());
        if (fate == Fate.BREAKER_OPEN) {
            // Callers that spread their requests leave us alone for a moment.
            response.headers().set(HttpHeaderNames.RETRY_AFTER, "1");
        }
        if (fate == Fate.MALFORMED_REQUEST) {
            // Where its next request would begin nobody can tell.
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        return response;
    }

    /** gRPC clients look at {@code grpc-status} and are told 200. */
    private static FullHttpResponse trailersOnly(Fate fate, String detail) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.EMPTY_BUFFER);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "application/grpc")
                .set(GrpcStatus.HEADER, grpcStatus(fate))
                .set(GrpcStatus.MESSAGE, percentEncoded(fate.label() + ": " + detail))
                .set(FATE_HEADER, fate.label());
        return response;
    }

    static HttpResponseStatus httpStatus(Fate fate) {
        return switch (fate) {
            case MALFORMED_REQUEST, CLIENT_GONE -> HttpResponseStatus.BAD_REQUEST;
            case NO_ROUTE -> HttpResponseStatus.NOT_FOUND;
            case POLICY_DENIED -> HttpResponseStatus.FORBIDDEN;
            case RATE_LIMITED -> HttpResponseStatus.TOO_MANY_REQUESTS;
            case DEADLINE, CONNECT_TIMEOUT -> HttpResponseStatus.GATEWAY_TIMEOUT;
            case NO_ENDPOINT, BREAKER_OPEN, QUEUE_FULL, BUDGET_SPENT, CONNECT_REFUSED, FAULT_INJECTED ->
                HttpResponseStatus.SERVICE_UNAVAILABLE;
            case TLS_VERIFICATION, RESET_BEFORE_HEADERS, RESET_AFTER_HEADERS, MALFORMED_RESPONSE, APP_ERROR, SERVED ->
                HttpResponseStatus.BAD_GATEWAY;
        };
    }

    static int grpcStatus(Fate fate) {
        return switch (fate) {
            case MALFORMED_REQUEST, CLIENT_GONE -> GrpcStatus.INVALID_ARGUMENT;
            case NO_ROUTE -> GrpcStatus.UNIMPLEMENTED;
            case POLICY_DENIED -> GrpcStatus.PERMISSION_DENIED;
            case RATE_LIMITED, QUEUE_FULL, BUDGET_SPENT -> GrpcStatus.RESOURCE_EXHAUSTED;
            case DEADLINE, CONNECT_TIMEOUT -> GrpcStatus.DEADLINE_EXCEEDED;
            case NO_ENDPOINT,
                    BREAKER_OPEN,
                    CONNECT_REFUSED,
                    TLS_VERIFICATION,
                    RESET_BEFORE_HEADERS,
                    RESET_AFTER_HEADERS,
                    MALFORMED_RESPONSE,
                    FAULT_INJECTED,
                    APP_ERROR,
                    SERVED -> GrpcStatus.UNAVAILABLE;
        };
    }

    /** gRPC over HTTP/2, "Responses": bytes outside 0x20..0x7E and the percent sign itself are encoded. */
    private static String percentEncoded(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b >= 0x20 && b <= 0x7e && b != '%') {
                encoded.append((char) b);
            } else {
                encoded.append('%').append("%02X".formatted(b));
            }
        }
        return encoded.toString();
    }
}
