package io.tracery.controlplane.source;

import io.tracery.controlplane.model.Route.Hedge;
import io.tracery.controlplane.model.Route.HedgedMethods;
import io.tracery.controlplane.model.Route.Retry;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code retry} of an HTTPRoute's rule, and the {@code RetryPolicy} that says more. */
final class RetryReader {

    private static final int MOST_ATTEMPTS = 10;
    private static final Duration MOST_BACKOFF = Duration.ofMinutes(10);
    private static final Duration MOST_HEDGE = Duration.ofMinutes(1);
    private static final Set<String> GRPC_CODES =
            Set.of("cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable");

    private RetryReader() {}

    /** Gateway API, HTTPRouteRetry. */
    static Retry ofRule(Fields retry) {
        return new Retry(attempts(retry), codes(retry), Set.of(), backoff(retry, "backoff"), Duration.ZERO);
    }

    static Retry ofPolicy(Fields spec) {
        Set<String> grpc = new HashSet<>();
        for (String code : spec.texts("grpcCodes")) {
            if (!GRPC_CODES.contains(code)) {
                spec.problem(
                        "grpcCodes",
                        "\"" + code + "\" is not one of "
                                + GRPC_CODES.stream().sorted().toList());
            }
            grpc.add(code);
        }
        Duration backoff = backoff(spec, "backoff");
        Duration most = backoff(spec, "maxBackoff");
        if (most.isPositive() && most.compareTo(backoff) < 0) {
            spec.problem("maxBackoff", "must not be shorter than backoff");
        }
        if (most.isPositive() && backoff.isZero()) {
            spec.problem("maxBackoff", "needs a backoff");
        }
        return new Retry(attempts(spec), codes(spec), grpc, backoff, most, hedge(spec));
    }

    private static @Nullable Hedge hedge(Fields spec) {
        Fields hedge = spec.object("hedge");
        if (hedge == null) {
            return null;
        }
        Duration after = HttpRouteReader.duration(hedge, "after");
        if (!after.isPositive() || after.compareTo(MOST_HEDGE) > 0) {
            hedge.problem("after", "is how long an endpoint may be silent before another is asked too, 1ms to 1m");
        }
        if (attempts(spec) == 0) {
            hedge.problem("after", "needs attempts: those beside a slow one count as such");
        }
        return switch (hedge.text("methods", "Idempotent")) {
            case "Idempotent" -> new Hedge(after, HedgedMethods.IDEMPOTENT);
            case "Any" -> new Hedge(after, HedgedMethods.ANY);
            default -> {
                hedge.problem("methods", "are Idempotent or Any, not \"" + hedge.text("methods", "") + "\"");
                yield null;
            }
        };
    }

    private static int attempts(Fields retry) {
        return retry.number("attempts", 1, 0, MOST_ATTEMPTS);
    }

    private static Set<Integer> codes(Fields retry) {
        Set<Integer> codes = new HashSet<>();
        for (String code : retry.texts("codes")) {
            if (!code.matches("[45][0-9]{2}")) {
                retry.problem("codes", "are response codes 400..599, not \"" + code + "\"");
            } else {
                codes.add(Integer.valueOf(code));
            }
        }
        return codes;
    }

    private static Duration backoff(Fields retry, String field) {
        Duration backoff = HttpRouteReader.duration(retry, field);
        if (backoff.compareTo(MOST_BACKOFF) > 0) {
            retry.problem(field, "is at most 10m");
        }
        return backoff;
    }
}
