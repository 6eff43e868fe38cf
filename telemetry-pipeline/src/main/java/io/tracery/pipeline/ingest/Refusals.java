package io.tracery.pipeline.ingest;

import com.linecorp.armeria.common.logging.RequestLog;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The exports that were not taken, as the counter {@code tracery_pipeline_exports_refused_total{reason}}. What counts is the answer, which each has
 * once: what is too large is refused by the service, by the port or by both.
 */
final class Refusals {

    private static final String GRPC_STATUS = "grpc-status";

    private final Map<Refusal, Counter> counters = new EnumMap<>(Refusal.class);

    Refusals(MeterRegistry registry) {
        for (Refusal refusal : Refusal.values()) {
            counters.put(
                    refusal,
                    Counter.builder("tracery.pipeline.exports.refused")
                            .description("OTLP exports that were not taken, and why")
                            .tag("reason", refusal.label())
                            .register(registry));
        }
    }

    /** Counts it where its answer is a refusal. */
    void answered(RequestLog export) {
        String grpc = export.responseTrailers()
                .get(GRPC_STATUS, export.responseHeaders().get(GRPC_STATUS, ""));
        count(
                grpc.isEmpty()
                        ? Refusal.ofHttpStatus(export.responseHeaders().status().code())
                        : Refusal.ofGrpcStatus(Integer.parseInt(grpc)));
    }

    void count(@Nullable Refusal refusal) {
        Counter counter = refusal == null ? null : counters.get(refusal);
        if (counter != null) {
            counter.increment();
        }
    }
}
