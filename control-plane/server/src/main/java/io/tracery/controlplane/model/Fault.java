package io.tracery.controlplane.model;

import io.tracery.controlplane.model.Route.Value;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What goes wrong on purpose with a share of a rule's requests ({@code policy.tracery.io} Fault). */
public record Fault(
        @Nullable Delay delay,
        @Nullable Abort abort,
        @Nullable Bandwidth bandwidth,
        List<Value> headers) {

    public Fault {
        headers = List.copyOf(headers);
    }

    /** {@code numerator} of {@code denominator} requests. */
    public record Share(int numerator, int denominator) {}

    public record Delay(Duration time, Share share) {}

    /**
     * @param httpStatus 0 where the gRPC status is said
     * @param grpcStatus -1 where the HTTP status is said
     */
    public record Abort(int httpStatus, int grpcStatus, Share share) {}

    public record Bandwidth(int kibPerSecond, Share share) {}
}
