package io.tracery.search;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tracery.search.store.LuceneTraceStore;

/** What the store holds, as gauges. */
final class StoreMetrics {

    private StoreMetrics() {}

    static void register(LuceneTraceStore store, MeterRegistry registry) {
        Gauge.builder("tracery.search.store.spans", store, LuceneTraceStore::spanCount)
                .description("Spans in the index")
                .strongReference(true)
                .register(registry);
        Gauge.builder("tracery.search.store.bytes", store, LuceneTraceStore::sizeBytes)
                .description("Size of the index on disk")
                .baseUnit("bytes")
                .strongReference(true)
                .register(registry);
    }
}
