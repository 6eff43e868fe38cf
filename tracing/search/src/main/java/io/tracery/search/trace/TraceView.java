package io.tracery.search.trace;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import io.tracery.search.store.Kind;
import io.tracery.search.store.SpanEntry;
import io.tracery.search.store.TraceSource.Trace;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A trace as it is shown: spans by start, each with an id of its own, processes numbered in the order in which they first
 * appear, and what is odd said as warnings.
 *
 * <p>A client and a server span that share an id, as Zipkin's do, come apart here: the server's gets an id of its own, its
 * parent becomes the shared one, and what was a child of the shared id becomes a child of the server's, unless it is the
 * server's span itself. Any other span whose id an earlier one has gets an id of its own and a warning. Asked for raw,
 * nothing is changed but the order of spans.
 */
public final class TraceView {

    private static final Comparator<ViewedSpan> BY_START = Comparator.<ViewedSpan>comparingLong(
                    span -> span.entry.span().getStartTimeUnixNano())
            .thenComparing(span -> SpanEntry.hex(span.spanId));

    private final Trace trace;
    private final List<ViewedSpan> spans;
    private final CallTree calls;
    private final Warnings warnings;
    private final Map<Resource, String> processes = new LinkedHashMap<>();
    private final Map<String, SpanEntry> processExamples = new LinkedHashMap<>();

    /** A span with the ids that it is shown with. */
    public record ViewedSpan(SpanEntry entry, ByteString spanId, ByteString parentId) {

        long start() {
            return entry.span().getStartTimeUnixNano();
        }

        long end() {
            return start() + entry.durationNanos();
        }

        boolean failed() {
            return entry.failed();
        }
    }

    private TraceView(Trace trace, List<ViewedSpan> spans, Mode mode) {
        this.trace = trace;
        this.spans = spans;
        this.calls = CallTree.of(spans);
        this.warnings = mode == Mode.RAW ? Warnings.none(trace) : Warnings.of(trace, spans, calls);
        for (ViewedSpan span : spans) {
            Resource resource = span.entry.resource();
            if (!processes.containsKey(resource)) {
                String id = "p" + (processes.size() + 1);
                processes.put(resource, id);
                processExamples.put(id, span.entry);
            }
        }
    }

    public static TraceView of(Trace trace, Mode mode) {
        List<ViewedSpan> spans = switch (mode) {
            case RAW -> asTheyCame(trace);
            case ADJUSTED -> withOwnIds(trace);
        };
        spans.sort(BY_START);
        return new TraceView(trace, spans, mode);
    }

    /** Whether spans are shown as they came or the way a person reads them. */
    public enum Mode {
        RAW,
        ADJUSTED
    }

    public String traceId() {
        return trace.traceId();
    }

    public List<ViewedSpan> spans() {
        return spans;
    }

    /** Who called whom, by the spans' places in {@link #spans()}. */
    public CallTree calls() {
        return calls;
    }

    public Warnings warnings() {
        return warnings;
    }

    /** Process id → a span of that process, in the order of the ids. */
    public Map<String, SpanEntry> processes() {
        return processExamples;
    }

    public String processOf(ViewedSpan span) {
        String id = processes.get(span.entry.resource());
        if (id == null) {
            throw new IllegalArgumentException("the span belongs to another trace");
        }
        return id;
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
        NewIds ids = new NewIds(used);
        Map<ByteString, ByteString> serverIds = new HashMap<>();
        Set<SpanEntry> sharing = new HashSet<>();
        for (SpanEntry entry : trace.spans()) {
            ByteString id = entry.span().getSpanId();
            if (Kind.of(entry.span()) == Kind.SERVER && ofClients.contains(id) && !serverIds.containsKey(id)) {
                serverIds.put(id, ids.next());
                sharing.add(entry);
            }
        }
        List<ViewedSpan> spans = new ArrayList<>();
        Set<ByteString> shown = new HashSet<>();
        for (SpanEntry entry : trace.spans()) {
            Span span = entry.span();
            ByteString own = serverIds.get(span.getSpanId());
            if (own != null && sharing.contains(entry)) {
                spans.add(new ViewedSpan(entry, own, span.getSpanId()));
            } else {
                ByteString parent = serverIds.getOrDefault(span.getParentSpanId(), span.getParentSpanId());
                ByteString id = shown.add(span.getSpanId()) ? span.getSpanId() : ids.next();
                spans.add(new ViewedSpan(entry, id, parent));
            }
        }
        return spans;
    }

    /** Ids that no span of the trace has. */
    private static final class NewIds {
        private final Set<ByteString> used;
        private long last;

        NewIds(Set<ByteString> used) {
            this.used = used;
        }

        ByteString next() {
            while (true) {
                last++;
                ByteString id =
                        ByteString.copyFrom(ByteBuffer.allocate(Long.BYTES).putLong(0, last));
                if (used.add(id)) {
                    return id;
                }
            }
        }
    }

    /** The attributes of a resource that are not its service's name. */
    public static List<KeyValue> processTags(Resource resource) {
        return resource.getAttributesList().stream()
                .filter(attribute -> !attribute.getKey().equals("service.name"))
                .toList();
    }
}
