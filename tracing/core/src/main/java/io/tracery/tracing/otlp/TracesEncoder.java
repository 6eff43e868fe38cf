package io.tracery.tracing.otlp;

import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.span.SpanKind;
import io.tracery.tracing.span.SpanStatus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes one OTLP {@code TracesData} after another: one resource, one scope, and the spans of a batch. A span is written
 * between {@link #beginSpan} and {@link #endSpan}, in any order: {@link #name}, attributes, events (each {@link #beginEvent},
 * attributes, {@link #endEvent}) and {@link #outcome}. Confined to one thread; its one buffer grows to the largest batch and stays, unless
 * it was made {@link #ofBatches of batches}.
 */
public final class TracesEncoder {

    /** What OTLP's span flags say beside the trace flags: whether the parent was elsewhere is known, and it was. */
    private static final int PARENT_IS_KNOWN = 0x100;

    private static final int PARENT_IS_REMOTE = 0x200;

    private static final int NONE = -1;
    private static final int TAG_BYTES = 1;

    /** What is never full has no length to be full at. */
    private static final int GROWING = 0;

    /** What a full batch may be filled up with: about as much as a large span takes. */
    private static final int MOST_PADDING = 2 * 1024;

    /** The largest integer that {@link #fill} takes. */
    public static final long MOST_IN_BLANK = ProtoWriter.MOST_ROOMY;

    private final ProtoWriter out;
    private final OtlpHead head;
    private final int fullBytes;

    /** A full batch that was given back. */
    private byte @Nullable [] spare;

    /** Blanks of the template that is being written. */
    private final List<Integer> blanks = new ArrayList<>();

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
        this(resource, scope, 16 * 1024, GROWING);
    }

    private TracesEncoder(AttributeSet resource, Scope scope, int capacity, int fullBytes) {
        this.out = new ProtoWriter(capacity);
        this.head = new OtlpHead(resource, scope);
        this.fullBytes = fullBytes;
        open();
    }

    /**
     * For batches that are finished as soon as they have a size: they leave in the array they were written in, filled up to its
     * end, and who has no more need of one gives it {@link #back}. So spans by the thousand cost neither a copy nor garbage.
     *
     * @param batchBytes a batch of that size or more is finished by the caller
     */
    public static TracesEncoder ofBatches(AttributeSet resource, Scope scope, int batchBytes) {
        int fullBytes = batchBytes + MOST_PADDING;
        return new TracesEncoder(resource, scope, fullBytes, fullBytes);
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
     * Starts a span with what no other says. Wire format leaves the order to whoever writes: what spans have in common stands
     * together at their ends, where compression finds it in one piece.
     *
     * @param self the span's own place in its trace
     * @param parentSpanId zero for a root
     * @param startNanos Unix time
     * @param endNanos Unix time
     */
    public void beginSpan(TraceContext self, long parentSpanId, long startNanos, long endNanos) {
        spanStart = out.size();
        spanMark = out.beginRoomy(OtlpFields.SCOPE_ITEMS);
        out.id(OtlpFields.SPAN_TRACE_ID, self.traceIdHigh(), self.traceIdLow());
        out.id(OtlpFields.SPAN_SPAN_ID, self.spanId());
        if (parentSpanId != 0) {
            out.id(OtlpFields.SPAN_PARENT_SPAN_ID, parentSpanId);
        }
        out.fixed64(OtlpFields.SPAN_START, startNanos);
        out.fixed64(OtlpFields.SPAN_END, endNanos);
        if (!self.tracestate().isEmpty()) {
            out.string(OtlpFields.SPAN_TRACE_STATE, self.tracestate());
        }
        attributeField = OtlpFields.SPAN_ATTRIBUTES;
    }

    /** @param name low in cardinality */
    public void name(String name, SpanKind kind) {
        out.string(OtlpFields.SPAN_NAME, name);
        out.varint(OtlpFields.SPAN_KIND, kind.number());
    }

    /** An attribute of the span, or of the event that has begun. */
    public void attribute(Key key, String value) {
        AttributeWriter.write(out, attributeField, key, value);
    }

    /** An array of one text. */
    public void attributeArray(Key key, String only) {
        AttributeWriter.writeArray(out, attributeField, key, only);
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

    /** Where the next span or attribute will be written; for {@link #template} and {@link #copySince}. */
    public int mark() {
        return out.size();
    }

    /** An attribute with a blank, which holds 0 to {@link #MOST_IN_BLANK}. */
    public void blank(Key key) {
        blanks.add(AttributeWriter.room(out, attributeField, key));
    }

    /** An attribute with a blank for a real number. */
    public void realBlank(Key key) {
        AttributeWriter.write(out, attributeField, key, 0.0);
        blanks.add(out.size() - Double.BYTES);
    }

    /** Starts an event whose time is a blank. */
    public void beginBlankEvent(String name) {
        beginEvent(0, name);
        blanks.add(eventMark + TAG_BYTES);
    }

    /**
     * What was written of the span since a mark, to be written again.
     */
    public Template template(int mark) {
        int[] places = new int[blanks.size()];
        for (int i = 0; i < places.length; i++) {
            places[i] = blanks.get(i) - mark;
        }
        blanks.clear();
        return new Template(out.copy(mark), places);
    }

    /** As {@link #template}, and takes back what was written. */
    public Template takeTemplate(int mark) {
        Template template = template(mark);
        out.truncate(mark);
        return template;
    }

    /** Writes part of a span; the answer says where, for {@link #fill}. */
    public int write(Template template) {
        int at = out.size();
        out.raw(template.bytes());
        return at;
    }

    /** @param value 0 to {@link #MOST_IN_BLANK} */
    public void fill(int at, Template template, int blank, long value) {
        out.setRoomy(at + template.blank(blank), value);
    }

    public void fillReal(int at, Template template, int blank, double value) {
        out.setFixed64(at + template.blank(blank), Double.doubleToRawLongBits(value));
    }

    public void fillTime(int at, Template template, int blank, long nanos) {
        out.setFixed64(at + template.blank(blank), nanos);
    }

    /**
     * Copies the spans that were written since a mark, of {@link #size} less the mark bytes: the fields of an OTLP
     * {@code ScopeSpans}.
     */
    public void copySince(int mark, byte[] to, int at) {
        out.copy(mark, to, at);
    }

    /**
     * Starts an event of the span.
     *
     * @param timeNanos Unix time
     */
    public void beginEvent(long timeNanos, String name) {
        eventMark = out.beginRoomy(OtlpFields.SPAN_EVENTS);
        out.fixed64(OtlpFields.EVENT_TIME, timeNanos);
        out.string(OtlpFields.EVENT_NAME, name);
        attributeField = OtlpFields.EVENT_ATTRIBUTES;
    }

    public void endEvent() {
        out.endRoomy(eventMark);
        attributeField = OtlpFields.SPAN_ATTRIBUTES;
    }

    /**
     * How the span ended, and what its flags say.
     *
     * @param traceFlags as in the span's {@link TraceContext}
     * @param parent where the parent lives
     */
    public void outcome(SpanStatus status, byte traceFlags, Parent parent) {
        if (status != SpanStatus.UNSET) {
            int mark = out.begin(OtlpFields.SPAN_STATUS);
            out.varint(OtlpFields.STATUS_CODE, status.number());
            out.end(mark);
        }
        int remote = parent == Parent.REMOTE ? PARENT_IS_REMOTE : 0;
        out.fixed32(OtlpFields.SPAN_FLAGS, traceFlags | PARENT_IS_KNOWN | remote);
    }

    public void endSpan() {
        out.endRoomy(spanMark);
        spanStart = NONE;
        spans++;
    }

    /** Takes back the span that has begun and not ended, if there is one; whole spans stay. */
    public void discardSpan() {
        if (spanStart != NONE) {
            out.truncate(spanStart);
            spanStart = NONE;
            blanks.clear();
        }
    }

    /** The batch, a {@code TracesData} of its own memory until it is given {@link #back}; the next batch begins. */
    public byte[] finish() {
        out.end(scopeMark);
        out.end(resourceMark);
        byte[] batch = take();
        open();
        return batch;
    }

    private byte[] take() {
        if (fullBytes == GROWING) {
            return out.toByteArray();
        }
        boolean asMade = out.capacity() == fullBytes;
        if (asMade && out.pad(OtlpFields.DATA_PADDING, MOST_PADDING)) {
            return out.exchange(takeSpare());
        }
        byte[] batch = out.toByteArray();
        if (!asMade) {
            // It had to grow for a span that is much larger than others.
            out.exchange(takeSpare());
        }
        return batch;
    }

    private byte[] takeSpare() {
        byte[] array = spare;
        spare = null;
        return array == null ? new byte[fullBytes] : array;
    }

    /** Takes back a batch that nobody reads any more. */
    public void back(byte[] batch) {
        if (batch.length == fullBytes) {
            spare = batch;
        }
    }

    private void open() {
        out.reset();
        spans = 0;
        resourceMark = head.openResource(out);
        scopeMark = head.openScope(out);
    }

    /** Where a span's parent lives. */
    public enum Parent {
        /** In the same process, or there is none. */
        LOCAL,
        /** In another process: its context came over the wire. */
        REMOTE
    }
}
