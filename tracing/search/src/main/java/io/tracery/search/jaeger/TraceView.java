package io.tracery.search.jaeger;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import io.tracery.search.store.Kind;
import io.tracery.search.store.SpanEntry;
import io.tracery.search.store.TraceStore.Trace;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A trace as Jaeger shows it: spans by start, each with its own id, processes numbered in the order in which they first
 * appear.
 *
 * <p>A client and a server span that share an id, as Zipkin's do, come apart here: the server's gets an id of its own, its
 * parent becomes the shared one, and what was a child of the shared id becomes a child of the server's, unless it is the
 * server's span itself. Asked for raw, nothing is changed but the order of spans.
 */
final class TraceView {

    private static final Comparator<ViewedSpan> BY_START = Comparator.<ViewedSpan>comparingLong(
                    span -> span.entry.span().getStartTimeUnixNano())
            .thenComparing(span -> SpanEntry.hex(span.spanId));

    private final Trace trace;
    private final List<ViewedSpan> spans;
    private final Map<Resource, String> processes = new LinkedHashMap<>();
    private final Map<String, SpanEntry> processExamples = new LinkedHashMap<>();

    /** A span with the ids that it is shown with. */
    record ViewedSpan(SpanEntry entry, ByteString spanId, ByteString parentId) {}

    private TraceView(Trace trace, List<ViewedSpan> spans) {
        this.trace = trace;
        this.spans = spans;
        for (ViewedSpan span : spans) {
            Resource resource = span.entry.resource();
            if (!processes.containsKey(resource)) {
                String id = "p" + (processes.size() + 1);
                processes.put(resource, id);
                processExamples.put(id, span.entry);
            }
        }
    }

    static TraceView of(Trace trace, Mode mode) {
        List<ViewedSpan> spans = switch (mode) {
            case RAW -> asTheyCame(trace);
            case ADJUSTED -> withOwnIds(trace);
        };
        spans.sort(BY_START);
        return new TraceView(trace, spans);
    }

    /** Whether spans are shown as they came or the way a person reads them. */
    enum Mode {
        RAW,
        ADJUSTED
    }

    String traceId() {
        return trace.traceId();
    }

    List<ViewedSpan> spans() {
        return spans;
    }

    /** Process id → a span of that process, in the order of the ids. */
    Map<String, SpanEntry> processes() {
        return processExamples;
    }

    String processOf(ViewedSpan span) {
        String id = processes.get(span.entry.resource());
        if (id == null) {
            throw new IllegalArgumentException("the span belongs to another trace");
        }
        return id;
    }

    @Nullable
    String warning() {
        return trace.truncated()
                ? "the trace has more spans than one answer holds; these are its first " + spans.size()
                : null;
    }

    private static List<ViewedSpan> asTheyCame(Trace trace) {
        List<ViewedSpan> spans = new ArrayList<>();
        for (SpanEntry entry : trace.spans()) {
            spans.add(
                    new ViewedSpan(entry, entry.span().getSpanId(), entry.span().getParentSpanId()));
        }
        return spans;
    }

    private static List<ViewedSpan> withOwnIds(Trace trace) {
        Set<ByteString> used = new HashSet<>();
        Set<ByteString> ofClients = new HashSet<>();
        for (SpanEntry entry : trace.spans()) {
            used.add(entry.span().getSpanId());
            if (Kind.of(entry.span()) == Kind.CLIENT) {
                ofClients.add(entry.span().getSpanId());
            }
        }
        Map<ByteString, ByteString> serverIds = new HashMap<>();
        long candidate = 0;
        for (SpanEntry entry : trace.spans()) {
            Span span = entry.span();
            if (Kind.of(span) == Kind.SERVER && ofClients.contains(span.getSpanId())) {
                do {
                    candidate++;
                } while (!used.add(spanId(candidate)));
                serverIds.put(span.getSpanId(), spanId(candidate));
            }
        }
        List<ViewedSpan> spans = new ArrayList<>();
        for (SpanEntry entry : trace.spans()) {
            Span span = entry.span();
            ByteString own = serverIds.get(span.getSpanId());
            if (own != null && Kind.of(span) == Kind.SERVER) {
                spans.add(new ViewedSpan(entry, own, span.getSpanId()));
            } else {
                ByteString parent = serverIds.getOrDefault(span.getParentSpanId(), span.getParentSpanId());
                spans.add(new ViewedSpan(entry, span.getSpanId(), parent));
            }
        }
        return spans;
    }

    private static ByteString spanId(long number) {
        return ByteString.copyFrom(ByteBuffer.allocate(Long.BYTES).putLong(0, number));
    }

    /** The attributes of a resource that are not its service's name. */
    static List<KeyValue> processTags(Resource resource) {
        return resource.getAttributesList().stream()
                .filter(attribute -> !attribute.getKey().equals("service.name"))
                .toList();
    }
}
