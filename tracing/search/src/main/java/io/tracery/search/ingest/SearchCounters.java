package io.tracery.search.ingest;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * What became of what was read: {@code tracery_search_<records|spans>_total{outcome,reason}}, accepted = passed + Σ
 * dropped. What is read again after a failure counts again.
 */
final class SearchCounters {

    final Counter recordsAccepted;
    final Counter recordsPassed;
    /** Not OTLP; kept in the dead letters. */
    final Counter recordsMalformed;

    final Counter spansAccepted;
    /** In the store. */
    final Counter spansPassed;
    /** A trace or span id of a length that OTLP does not allow. */
    final Counter spansInvalid;

    final Counter deadLettersLost;
    final Counter failures;

    SearchCounters(MeterRegistry registry) {
        recordsAccepted = outcome(registry, "records", "accepted", "");
        recordsPassed = outcome(registry, "records", "passed", "");
        recordsMalformed = outcome(registry, "records", "dropped", "malformed");
        spansAccepted = outcome(registry, "spans", "accepted", "");
        spansPassed = outcome(registry, "spans", "passed", "");
        spansInvalid = outcome(registry, "spans", "dropped", "invalid_id");
        deadLettersLost = Counter.builder("tracery.search.dead.letters.lost")
                .description("Unreadable records that could not be written to the dead letter topic either")
                .register(registry);
        failures = Counter.builder("tracery.search.ingest.failures")
                .description("Failures after which reading began anew from the store's last commit")
                .register(registry);
    }

    private static Counter outcome(MeterRegistry registry, String unit, String outcome, String reason) {
        return Counter.builder("tracery.search." + unit)
                .description("What was read from Kafka, stored and dropped")
                .tag("outcome", outcome)
                .tag("reason", reason)
                .register(registry);
    }
}
