package io.tracery.pipeline.otlp;

/**
 * Looks at a span where it stands, and says whether it is as sidecars write them: every field known and within its bounds, ids whole,
 * times possible, text ASCII. Of another one it says nothing but that. Confined to one batch.
 */
final class PlainSpan {

    // Fields of a Span, with their types.
    private static final int TRACE_ID = 1 << 3 | 2;
    private static final int SPAN_ID = 2 << 3 | 2;
    private static final int TRACE_STATE = 3 << 3 | 2;
    private static final int PARENT_SPAN_ID = 4 << 3 | 2;
    private static final int NAME = 5 << 3 | 2;
    private static final int KIND = 6 << 3;
    private static final int START = 7 << 3 | 1;
    private static final int END = 8 << 3 | 1;
    private static final int ATTRIBUTE = 9 << 3 | 2;
    private static final int DROPPED_ATTRIBUTES = 10 << 3;
    private static final int EVENT = 11 << 3 | 2;
    private static final int STATUS = 15 << 3 | 2;
    private static final int FLAGS = 16 << 3 | 5;

    private static final int EVENT_TIME = 1 << 3 | 1;
    private static final int EVENT_NAME = 2 << 3 | 2;
    private static final int EVENT_ATTRIBUTE = 3 << 3 | 2;
    private static final int STATUS_MESSAGE = 2 << 3 | 2;
    private static final int STATUS_CODE = 3 << 3;

    private static final int SPAN_ID_BYTES = 8;

    /** In an event that is no larger, nothing can be too many or too long. */
    private static final int EVENT_BYTES = 2 * SpanMender.MOST_ATTRIBUTES;

    private final byte[] batch;
    private final long futureNanos;
    private final Wire wire;
    private long traceHigh;
    private long traceLow;
    private long id;
    private long parent;
    private long start;
    private long end;
    private int attributes;
    private int events;

    /** @param futureNanos beyond which no span can have begun */
    PlainSpan(byte[] batch, long futureNanos) {
        this.batch = batch;
        this.futureNanos = futureNanos;
        this.wire = new Wire(batch, 0, batch.length);
    }

    /** Of the last span that was looked at. */
    TraceId trace() {
        return new TraceId(traceHigh, traceLow);
    }

    /** @throws IllegalStateException where no span stands there at all */
    boolean read(int from, int to) {
        traceHigh = 0;
        traceLow = 0;
        id = 0;
        parent = 0;
        start = 0;
        end = 0;
        attributes = 0;
        events = 0;
        wire.move(from, to);
        while (wire.more()) {
            if (!field(wire.tag(), to)) {
                return false;
            }
        }
        return (traceHigh | traceLow) != 0
                && id != 0
                && id != parent
                && attributes <= SpanMender.MOST_ATTRIBUTES
                && events <= SpanMender.MOST_EVENTS
                && Long.compareUnsigned(start, end) <= 0
                && Long.compareUnsigned(start, futureNanos) <= 0;
    }

    private boolean field(int tag, int to) {
        return switch (tag) {
            case TRACE_ID -> traceId();
            case SPAN_ID -> spanId();
            case PARENT_SPAN_ID -> parentId();
            case TRACE_STATE -> PlainText.within(wire, SpanMender.MOST_TEXT);
            case NAME -> PlainText.within(wire, SpanMender.MOST_NAME);
            case START -> {
                start = wire.fixed64();
                yield true;
            }
            case END -> {
                end = wire.fixed64();
                yield true;
            }
            case ATTRIBUTE -> {
                attributes++;
                yield PlainText.attribute(wire);
            }
            case EVENT -> {
                events++;
                int limit = wire.limit();
                boolean plain = limit - wire.at() <= EVENT_BYTES && event(limit);
                wire.move(limit, to);
                yield plain;
            }
            case STATUS -> {
                int limit = wire.limit();
                boolean plain = status(limit);
                wire.move(limit, to);
                yield plain;
            }
            case KIND, DROPPED_ATTRIBUTES, FLAGS -> {
                wire.skip(tag);
                yield true;
            }
            default -> false;
        };
    }

    /** Once: of two, protobuf takes the last, and the other one would be found here. */
    private boolean traceId() {
        int limit = wire.limit();
        if ((traceHigh | traceLow) != 0 || limit - wire.at() != TraceId.BYTES) {
            return false;
        }
        TraceId trace = TraceId.at(batch, wire.at());
        traceHigh = trace.high();
        traceLow = trace.low();
        wire.move(limit, wire.end());
        return true;
    }

    private boolean spanId() {
        if (id != 0 || wire.limit() - wire.at() != SPAN_ID_BYTES) {
            return false;
        }
        id = wire.fixed64();
        return true;
    }

    private boolean parentId() {
        if (parent != 0 || wire.limit() - wire.at() != SPAN_ID_BYTES) {
            return false;
        }
        parent = wire.fixed64();
        return true;
    }

    private boolean event(int limit) {
        wire.move(wire.at(), limit);
        while (wire.more()) {
            boolean plain = switch (wire.tag()) {
                case EVENT_TIME -> wire.fixed64() != 0;
                case EVENT_NAME -> PlainText.within(wire, SpanMender.MOST_NAME);
                case EVENT_ATTRIBUTE -> PlainText.attribute(wire);
                default -> false;
            };
            if (!plain) {
                return false;
            }
        }
        return true;
    }

    private boolean status(int limit) {
        wire.move(wire.at(), limit);
        while (wire.more()) {
            int tag = wire.tag();
            if (tag == STATUS_CODE) {
                wire.skip(tag);
            } else if (tag != STATUS_MESSAGE || !PlainText.within(wire, SpanMender.MOST_TEXT)) {
                return false;
            }
        }
        return true;
    }
}
