package io.tracery.tracing.otlp;

import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.span.SpanKind;
import io.tracery.tracing.span.SpanStatus;

/**
 * Writes one OTLP {@code TracesData} after another: one resource, one scope, and the spans of a batch. A span is written
 * in this order: {@link #beginSpan}, attributes, events (each {@link #beginEvent}, attributes, {@link #endEvent}),
 * {@link #endSpan}. Confined to one thread; its one buffer grows to the largest batch and stays.
 */
public final class TracesEncoder {

    /** What OTLP's span flags say beside the trace flags: whether the parent was elsewhere is known, and it was. */
    private static final int PARENT_IS_KNOWN = 0x100;

    private static final int PARENT_IS_REMOTE = 0x200;

    private static final int NONE = -1;

    private final ProtoWriter out;
    private final OtlpHead head;
    private int resourceMark;
    private int scopeMark;
    /** Where the span that has begun and not ended starts, or {@link #NONE}. */
    private int spanStart = NONE;

    private int spanMark;
    private int eventMark;
    private int attributeField;
    private int spans;

    /**
     * @param resource attributes of the resource
     * @param scope name and version of the instrumentation scope
     */
    public TracesEncoder(AttributeSet resource, Scope scope) {
        this.out = new ProtoWriter(16 * 1024);
        this.head = new OtlpHead(resource, scope);
        open();
    }

    /** Spans in the batch so far. */
    public int spans() {
        return spans;
    }

    /** Bytes of the batch so far. */
    public int size() {
        return out.size();
    }

    /**
     * Starts a span.
     *
     * @param self the span's own place in its trace
     * @param parentSpanId zero for a root
     * @param name low in cardinality
     * @param startNanos Unix time
     * @param endNanos Unix time
     */
    public void beginSpan(
            TraceContext self, long parentSpanId, String name, SpanKind kind, long startNanos, long endNanos) {
        spanStart = out.size();
        spanMark = out.begin(OtlpFields.SCOPE_ITEMS);
        out.id(OtlpFields.SPAN_TRACE_ID, self.traceIdHigh(), self.traceIdLow());
        out.id(OtlpFields.SPAN_SPAN_ID, self.spanId());
        if (!self.tracestate().isEmpty()) {
            out.string(OtlpFields.SPAN_TRACE_STATE, self.tracestate());
        }
        if (parentSpanId != 0) {
            out.id(OtlpFields.SPAN_PARENT_SPAN_ID, parentSpanId);
        }
        out.string(OtlpFields.SPAN_NAME, name);
        out.varint(OtlpFields.SPAN_KIND, kind.number());
        out.fixed64(OtlpFields.SPAN_START, startNanos);
        out.fixed64(OtlpFields.SPAN_END, endNanos);
        attributeField = OtlpFields.SPAN_ATTRIBUTES;
    }

    /** An attribute of the span, or of the event that has begun. */
    public void attribute(Key key, String value) {
        AttributeWriter.write(out, attributeField, key, value);
    }

    public void attribute(Key key, long value) {
        AttributeWriter.write(out, attributeField, key, value);
    }

    public void attribute(Key key, double value) {
        AttributeWriter.write(out, attributeField, key, value);
    }

    public void attribute(Key key, boolean value) {
        AttributeWriter.write(out, attributeField, key, value);
    }

    /** Where the next span or attribute will be written; for {@link #since} and {@link #copySince}. */
    public int mark() {
        return out.size();
    }

    /** A copy of the attributes that were written since a mark, of the span or of one of its events. */
    public Fragment since(int mark) {
        return new Fragment(out.copy(mark), attributeField);
    }

    /**
     * Copies the spans that were written since a mark, of {@link #size} less the mark bytes: the fields of an OTLP
     * {@code ScopeSpans}.
     */
    public void copySince(int mark, byte[] to, int at) {
        out.copy(mark, to, at);
    }

    /** Attributes that were written once before. Those of a span go to spans only, those of an event to events. */
    public void attributes(Fragment fragment) {
        if (fragment.field != attributeField) {
            throw new IllegalArgumentException(
                    "the attributes were copied from a span and go to an event, or the reverse");
        }
        out.raw(fragment.bytes);
    }

    /**
     * Starts an event of the span.
     *
     * @param timeNanos Unix time
     */
    public void beginEvent(long timeNanos, String name) {
        eventMark = out.begin(OtlpFields.SPAN_EVENTS);
        out.fixed64(OtlpFields.EVENT_TIME, timeNanos);
        out.string(OtlpFields.EVENT_NAME, name);
        attributeField = OtlpFields.EVENT_ATTRIBUTES;
    }

    public void endEvent() {
        out.end(eventMark);
        attributeField = OtlpFields.SPAN_ATTRIBUTES;
    }

    /**
     * Ends the span.
     *
     * @param self the same as at its beginning
     * @param parent where the parent lives
     */
    public void endSpan(TraceContext self, SpanStatus status, Parent parent) {
        if (status != SpanStatus.UNSET) {
            int mark = out.begin(OtlpFields.SPAN_STATUS);
            out.varint(OtlpFields.STATUS_CODE, status.number());
            out.end(mark);
        }
        int remote = parent == Parent.REMOTE ? PARENT_IS_REMOTE : 0;
        out.fixed32(OtlpFields.SPAN_FLAGS, self.flags() | PARENT_IS_KNOWN | remote);
        out.end(spanMark);
        spanStart = NONE;
        spans++;
    }

    /** Takes back the span that has begun and not ended, if there is one; whole spans stay. */
    public void discardSpan() {
        if (spanStart != NONE) {
            out.truncate(spanStart);
            spanStart = NONE;
        }
    }

    /** The batch, a {@code TracesData} of its own memory; the next batch begins. */
    public byte[] finish() {
        out.end(scopeMark);
        out.end(resourceMark);
        byte[] batch = out.toByteArray();
        open();
        return batch;
    }

    private void open() {
        out.reset();
        spans = 0;
        resourceMark = head.openResource(out);
        scopeMark = head.openScope(out);
    }

    /** Attributes as they are on the wire. Immutable. */
    public static final class Fragment {

        private final byte[] bytes;
        private final int field;

        private Fragment(byte[] bytes, int field) {
            this.bytes = bytes;
            this.field = field;
        }
    }

    /** Where a span's parent lives. */
    public enum Parent {
        /** In the same process, or there is none. */
        LOCAL,
        /** In another process: its context came over the wire. */
        REMOTE
    }
}
