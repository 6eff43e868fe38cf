package io.tracery.search.trace;

import io.tracery.search.trace.TraceView.ViewedSpan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A trace in one line.
 *
 * @param rootService of the earliest span without a parent; empty where every span names one
 * @param start of the earliest span, Unix nanoseconds
 * @param end of the latest span
 * @param orphans spans whose parent is not in the trace
 * @param services by name
 */
public record Summary(
        String traceId,
        String rootService,
        String rootOperation,
        long start,
        long end,
        int spans,
        int errors,
        int orphans,
        List<Service> services) {

    /** A service's part in a trace. */
    public record Service(String name, int spans, int errors) {

        private Service plus(Service other) {
            return new Service(name, spans + other.spans, errors + other.errors);
        }
    }

    public static Summary of(TraceView trace) {
        Map<String, Service> services = new TreeMap<>();
        long start = Long.MAX_VALUE;
        long end = Long.MIN_VALUE;
        int errors = 0;
        int orphans = 0;
        for (int i = 0; i < trace.spans().size(); i++) {
            ViewedSpan span = trace.spans().get(i);
            int failed = span.failed() ? 1 : 0;
            String service = span.entry().service();
            services.merge(service, new Service(service, 1, failed), Service::plus);
            errors += failed;
            orphans += trace.calls().place(i) == CallTree.Place.PARENT_MISSING ? 1 : 0;
            start = Math.min(start, span.start());
            end = Math.max(end, span.end());
        }
        int root = trace.calls().root();
        boolean rooted = trace.calls().place(root) == CallTree.Place.ROOT;
        ViewedSpan first = trace.spans().get(root);
        return new Summary(
                trace.traceId(),
                rooted ? first.entry().service() : "",
                rooted ? first.entry().span().getName() : "",
                start,
                end,
                trace.spans().size(),
                errors,
                orphans,
                new ArrayList<>(services.values()));
    }
}
