package io.tracery.search.ingest;

import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.tracing.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The end of the way of the spans by which each proxy shows, twice a minute, that the way is open. They are numbered: a gap is
 * as many lost ones. They are counted, and not stored. Written by the ingest's thread alone.
 */
final class Canaries {

    /** After so long without one a proxy is overdue; after {@link #FORGOTTEN} it is no more. */
    private static final long OVERDUE = Duration.ofSeconds(75).toMillis();

    private static final long FORGOTTEN = Duration.ofMinutes(10).toMillis();
    private static final int MOST = 20_000;
    private static final byte[] NAME = Vocabulary.CANARY.getBytes(StandardCharsets.UTF_8);
    /** A canary is one short span. */
    private static final int MOST_BYTES = 8 * 1024;

    private final Counter arrived;
    private final Counter lost;
    private final LongSupplier clockMillis;
    private final Map<String, Last> last = new ConcurrentHashMap<>();

    /** Confined to the ingest's thread. */
    private long nextSweep;

    private record Last(long number, long atMillis) {}

    Canaries(LongSupplier clockMillis, MeterRegistry registry) {
        this.clockMillis = clockMillis;
        this.arrived = counter("arrived", registry);
        this.lost = counter("lost", registry);
        Gauge.builder("tracery.search.canaries.overdue", this, Canaries::overdue)
                .description("Proxies of which no canary has arrived for 75 seconds, forgotten after ten minutes")
                .register(registry);
    }

    private static Counter counter(String outcome, MeterRegistry registry) {
        return Counter.builder("tracery.search.canaries")
                .description(
                        "Spans by which proxies show that their spans arrive: those that did, and gaps between their numbers")
                .tag("outcome", outcome)
                .register(registry);
    }

    /** True when the record is a canary, which is counted herewith. */
    boolean take(byte[] otlp) throws InvalidProtocolBufferException {
        // Nearly all records are none, and are not taken apart for it.
        return otlp.length <= MOST_BYTES && names(otlp) && take(TracesData.parseFrom(otlp));
    }

    private static boolean names(byte[] otlp) {
        for (int at = 0; at <= otlp.length - NAME.length; at++) {
            if (otlp[at] == NAME[0] && Arrays.equals(otlp, at, at + NAME.length, NAME, 0, NAME.length)) {
                return true;
            }
        }
        return false;
    }

    private boolean take(TracesData data) {
        if (data.getResourceSpansCount() != 1) {
            return false;
        }
        ResourceSpans spans = data.getResourceSpans(0);
        Span span = single(spans);
        if (span == null || !span.getName().equals(Vocabulary.CANARY)) {
            return false;
        }
        arrived.increment();
        long number = number(span.getAttributesList());
        long now = clockMillis.getAsLong();
        String instance = instance(spans.getResource());
        Last before = last.get(instance);
        // A lower number is a proxy's that has begun anew.
        if (before != null && number > before.number) {
            lost.increment((double) (number - before.number - 1));
        }
        if (before != null || last.size() < MOST) {
            last.put(instance, new Last(number, now));
        }
        if (now >= nextSweep) {
            nextSweep = now + OVERDUE;
            last.values().removeIf(each -> now - each.atMillis > FORGOTTEN);
        }
        return true;
    }

    private static @Nullable Span single(ResourceSpans spans) {
        return spans.getScopeSpansCount() == 1 && spans.getScopeSpans(0).getSpansCount() == 1
                ? spans.getScopeSpans(0).getSpans(0)
                : null;
    }

    private double overdue() {
        long now = clockMillis.getAsLong();
        return last.values().stream()
                .filter(each -> now - each.atMillis > OVERDUE && now - each.atMillis <= FORGOTTEN)
                .count();
    }

    private static long number(List<KeyValue> attributes) {
        for (KeyValue attribute : attributes) {
            if (attribute.getKey().equals(Vocabulary.CANARY)) {
                return attribute.getValue().getIntValue();
            }
        }
        return 0;
    }

    private static String instance(Resource resource) {
        for (KeyValue attribute : resource.getAttributesList()) {
            if (attribute.getKey().equals(Vocabulary.SERVICE_INSTANCE_ID)) {
                return attribute.getValue().getStringValue();
            }
        }
        return "";
    }
}
