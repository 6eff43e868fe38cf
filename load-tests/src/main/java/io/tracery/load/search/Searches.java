package io.tracery.load.search;

import io.tracery.search.store.SpanEntry;
import io.tracery.search.store.TraceQuery;
import io.tracery.search.store.TraceQuery.Range;
import io.tracery.search.store.TraceSource.Trace;
import io.tracery.search.store.TraceStore;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Searches as people make them, each answered in full: found, read and taken apart. */
final class Searches {

    private static final int LIMIT = 20;
    private static final String[] SERVICES = {"front", "cart", "catalog", "checkout", "kv", "payment"};

    private final TraceStore store;
    private final Random random;
    private final Map<String, Histogram> micros = new LinkedHashMap<>();
    private List<String> ids = List.of();
    private long read;

    Searches(TraceStore store, long seed) {
        this.store = store;
        this.random = new Random(seed);
    }

    void round() {
        String service = SERVICES[random.nextInt(SERVICES.length)];
        long now = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
        Range anyTime = Range.ANY;
        search("service", new TraceQuery(service, null, Map.of(), anyTime, Range.ANY, LIMIT));
        search("operation", new TraceQuery("front", "POST /checkout", Map.of(), anyTime, Range.ANY, LIMIT));
        search("errors", new TraceQuery(service, null, Map.of("error", "true"), anyTime, Range.ANY, LIMIT));
        search("slow", new TraceQuery(service, null, Map.of(), anyTime, new Range(4_000_000, Long.MAX_VALUE), LIMIT));
        search(
                "status and fate",
                new TraceQuery(
                        service,
                        null,
                        Map.of("http.response.status_code", "503", "tracery.fate", "app_error"),
                        anyTime,
                        Range.ANY,
                        LIMIT));
        String user = "/cart/" + random.nextInt(100_000);
        search("one user", new TraceQuery("cart", null, Map.of("url.path", user), anyTime, Range.ANY, LIMIT));
        search(
                "one user, any service",
                new TraceQuery(null, null, Map.of("url.path", user), anyTime, Range.ANY, LIMIT));
        search(
                "the last minute",
                new TraceQuery(service, null, Map.of(), new Range(now - 60_000_000_000L, now), Range.ANY, LIMIT));
        search("nothing", new TraceQuery(service, null, Map.of("no", "such"), anyTime, Range.ANY, LIMIT));
        if (!ids.isEmpty()) {
            String id = ids.get(random.nextInt(ids.size()));
            timed("one trace", () -> use(store.trace(id).orElseThrow()));
        }
    }

    private void search(String name, TraceQuery query) {
        List<String> seen = new ArrayList<>();
        timed(name, () -> {
            Iterator<Trace> traces = store.search(query);
            while (traces.hasNext()) {
                Trace trace = traces.next();
                seen.add(trace.traceId());
                use(trace);
            }
        });
        if (!seen.isEmpty()) {
            ids = seen;
        }
    }

    private void use(Trace trace) {
        for (SpanEntry entry : trace.spans()) {
            read += entry.span().getAttributesCount();
        }
    }

    private void timed(String name, Runnable search) {
        long begun = System.nanoTime();
        search.run();
        micros.computeIfAbsent(name, unseen -> new Histogram(3)).recordValue((System.nanoTime() - begun) / 1_000);
    }

    /** Attributes that were read: proof that something was. */
    long attributesRead() {
        return read;
    }

    /** Forgets how long warming up took. */
    void forget() {
        micros.clear();
    }

    Map<String, Histogram> micros() {
        return micros;
    }

    Histogram all() {
        Histogram all = new Histogram(3);
        micros.values().forEach(all::add);
        return all;
    }
}
