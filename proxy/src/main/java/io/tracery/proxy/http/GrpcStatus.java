package io.tracery.proxy.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.route.RetryPolicy.Condition;
import io.tracery.tracing.span.Fate;
import org.jspecify.annotations.Nullable;

/** gRPC's status codes as far as a proxy must know them (gRPC's statuscodes.md; OpenTelemetry's RPC conventions). */
final class GrpcStatus {

    static final String HEADER = "grpc-status";
    static final String MESSAGE = "grpc-message";
    static final int ABSENT = -1;
    static final int UNKNOWN = 2;
    static final int INVALID_ARGUMENT = 3;
    static final int DEADLINE_EXCEEDED = 4;
    static final int PERMISSION_DENIED = 7;
    static final int RESOURCE_EXHAUSTED = 8;
    static final int UNIMPLEMENTED = 12;
    static final int INTERNAL = 13;
    static final int UNAVAILABLE = 14;
    static final int UNAUTHENTICATED = 16;

    private static final int LAST = 16;

    private GrpcStatus() {}

    /** The code that headers or trailers carry, {@link #ABSENT} where they carry none that is one. */
    static int of(HttpHeaders headers) {
        String value = headers.get(HEADER);
        if (value == null || value.isEmpty() || value.length() > 2) {
            return ABSENT;
        }
        int code = 0;
        for (int i = 0; i < value.length(); i++) {
            int digit = value.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return ABSENT;
            }
            code = code * 10 + digit;
        }
        return code <= LAST ? code : ABSENT;
    }

    /** What a call's status is to those who count HTTP statuses; the response's own where there is none. */
    static int httpStatus(int code, int otherwise) {
        return switch (code) {
            case ABSENT -> otherwise;
            case DEADLINE_EXCEEDED -> 504;
            case RESOURCE_EXHAUSTED -> 429;
            case UNAVAILABLE -> 503;
            case UNKNOWN, INTERNAL, 15 -> 500;
            default -> 200;
        };
    }

    /** What a retry policy calls a status, null where none can name it. */
    static @Nullable Condition condition(int code) {
        return switch (code) {
            case 1 -> Condition.CANCELLED;
            case DEADLINE_EXCEEDED -> Condition.DEADLINE_EXCEEDED;
            case RESOURCE_EXHAUSTED -> Condition.RESOURCE_EXHAUSTED;
            case INTERNAL -> Condition.INTERNAL;
            case UNAVAILABLE -> Condition.UNAVAILABLE;
            default -> null;
        };
    }

    static void note(int code, Exchange exchange) {
        if (code != ABSENT) {
            exchange.grpcStatus(code);
        }
    }

    /** What clients make of an answer without a status of gRPC's (gRPC's http-grpc-status-mapping.md). */
    static int ofHttp(int status) {
        return switch (status) {
            case 400 -> INTERNAL;
            case 401 -> UNAUTHENTICATED;
            case 403 -> PERMISSION_DENIED;
            case 404 -> UNIMPLEMENTED;
            case 429, 502, 503, 504 -> UNAVAILABLE;
            default -> UNKNOWN;
        };
    }

    /** What a complete answer is by its protocol's rules. A call that ended without a status gets the one its client sees. */
    static Fate outcome(Exchange exchange) {
        if (exchange.protocol() == Protocol.GRPC) {
            if (exchange.grpcStatus() == ABSENT) {
                exchange.grpcStatus(ofHttp(exchange.status()));
            }
            return fate(exchange.grpcStatus());
        }
        return exchange.status() >= 500 ? Fate.APP_ERROR : Fate.SERVED;
    }

    /** UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE and DATA_LOSS are the server's errors. */
    static Fate fate(int code) {
        return switch (code) {
            case 2, 4, 12, 13, 14, 15 -> Fate.APP_ERROR;
            default -> Fate.SERVED;
        };
    }
}
