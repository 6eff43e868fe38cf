package io.tracery.proxy.telemetry;

import io.tracery.proxy.exchange.Attempt;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.mesh.Endpoint;
import io.tracery.tracing.context.TraceContext;
import org.jspecify.annotations.Nullable;

/**
 * One exchange in flight, for a person who asks what hangs and why.
 *
 * @param ageMillis since it began
 * @param state what it is waiting for
 * @param path without its query; for TCP empty
 * @param peer the caller of an inbound exchange, the service or workload that an outbound one goes to
 * @param endpoint of the last attempt, empty before there is one
 * @param attempts so far
 * @param bytesReceived of the request so far
 * @param bytesSent of the response so far
 */
public record RequestView(
        long ageMillis,
        String state,
        String direction,
        String listener,
        String protocol,
        String method,
        String path,
        String peer,
        String cluster,
        String endpoint,
        int attempts,
        int status,
        long bytesReceived,
        long bytesSent,
        String traceId) {

    static RequestView of(Exchange exchange, long nowNanos) {
        @Nullable Endpoint endpoint = exchange.endpoint();
        TraceContext trace = exchange.trace();
        return new RequestView(
                (nowNanos - exchange.startNanos()) / 1_000_000,
                state(exchange),
                exchange.direction().label(),
                exchange.listener(),
                exchange.protocol().label(),
                exchange.method(),
                exchange.path(),
                exchange.peer().name(),
                exchange.cluster() == null ? "" : exchange.cluster().name(),
                endpoint == null ? "" : endpoint.address().toString(),
                exchange.attempts().size(),
                exchange.status(),
                exchange.bytesReceived(),
                exchange.bytesSent(),
                trace == null ? "" : trace.traceIdHex());
    }

    private static String state(Exchange exchange) {
        Attempt last = exchange.decisive();
        if (last == null) {
            return "choosing an endpoint";
        }
        if (last.connectNanos() == 0 && !last.connectionReused()) {
            return "connecting";
        }
        return last.firstByteNanos() == 0 ? "waiting for an answer" : "passing the answer on";
    }
}
