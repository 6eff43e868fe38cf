package io.tracery.proxy.route;

import io.tracery.proxy.route.RouteMatch.Header;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong on purpose with a share of a route's requests. Each part is drawn by itself, so that one request may have several.
 *
 * @param headers all of which a request must have to be concerned; none: every request
 */
public record Fault(
        @Nullable Delay delay,
        @Nullable Abort abort,
        @Nullable Bandwidth bandwidth,
        List<Header> headers) {

    public Fault {
        headers = List.copyOf(headers);
    }

    /** The request waits before it goes anywhere; its time limit runs meanwhile. */
    public record Delay(Duration time, Fraction share) {}

    /**
     * The request is answered instead of being forwarded.
     *
     * @param httpStatus 0 where only the gRPC status is said
     * @param grpcStatus -1 where only the HTTP status is said
     */
    public record Abort(int httpStatus, int grpcStatus, Fraction share) {}

    /** The body of the answer is passed on no faster. */
    public record Bandwidth(long bytesPerSecond, Fraction share) {}

    public boolean concerns(RequestView request) {
        for (Header header : headers) {
            String value = request.header(header.name());
            if (value == null || !header.value().takes(value)) {
                return false;
            }
        }
        return true;
    }
}
