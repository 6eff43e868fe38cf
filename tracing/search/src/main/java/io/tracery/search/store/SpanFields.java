package io.tracery.search.store;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.tracery.tracing.otlp.Slices;

/** The fields of one OTLP span, as they stand in its bytes; used again for one span after the other. */
final class SpanFields {

    private static final int ATTRIBUTES = sized(Span.ATTRIBUTES_FIELD_NUMBER);
    private static final int EVENTS = sized(Span.EVENTS_FIELD_NUMBER);
    private static final int STATUS_MESSAGE = sized(Status.MESSAGE_FIELD_NUMBER);
    private static final int STATUS_CODE = Status.CODE_FIELD_NUMBER << 3 | ProtoReader.VARINT;

    private final ProtoReader reader = new ProtoReader();
    private final Slices attributes = new Slices();
    private final Slices events = new Slices();

    private int seen;
    private int idFrom;
    private int parentFrom;
    private int parentLength;
    private int nameFrom;
    private int nameLength;
    private int kind;
    private int flags;
    private long start;
    private long end;
    private boolean hasStatus;
    private int code;
    private int messageFrom;
    private int messageLength;

    private static int sized(int number) {
        return number << 3 | ProtoReader.SIZED;
    }

    /**
     * @return false where it holds something that has no column: links, a trace state, counts of what was dropped, fields that are not
     *     known here, or one of the others twice
     */
    boolean read(byte[] bytes, int from, int length) throws InvalidProtocolBufferException {
        clear();
        reader.over(bytes, from, length);
        while (reader.more()) {
            int tag = reader.tag();
            if (tag == ATTRIBUTES || tag == EVENTS) {
                int size = reader.sized();
                (tag == ATTRIBUTES ? attributes : events).add(reader.from(), size);
            } else if (!isFirst(tag >>> 3) || !single(tag)) {
                return false;
            }
        }
        return !hasStatus || status(bytes);
    }

    private void clear() {
        attributes.clear();
        events.clear();
        seen = 0;
        idFrom = 0;
        parentLength = 0;
        // Nothing stands somewhere too, and where the span before had a name may be beyond these bytes.
        nameFrom = 0;
        nameLength = 0;
        kind = 0;
        flags = 0;
        start = 0;
        end = 0;
        hasStatus = false;
        code = 0;
        messageLength = 0;
    }

    private boolean isFirst(int number) {
        if (number >= Integer.SIZE || (seen & (1 << number)) != 0) {
            return false;
        }
        seen |= 1 << number;
        return true;
    }

    private boolean single(int tag) throws InvalidProtocolBufferException {
        switch (tag) {
            case Span.TRACE_ID_FIELD_NUMBER << 3 | ProtoReader.SIZED -> reader.sized();
            case Span.SPAN_ID_FIELD_NUMBER << 3 | ProtoReader.SIZED -> {
                reader.sized();
                idFrom = reader.from();
            }
            case Span.PARENT_SPAN_ID_FIELD_NUMBER << 3 | ProtoReader.SIZED -> {
                parentLength = reader.sized();
                parentFrom = reader.from();
            }
            case Span.NAME_FIELD_NUMBER << 3 | ProtoReader.SIZED -> {
                nameLength = reader.sized();
                nameFrom = reader.from();
            }
            case Span.KIND_FIELD_NUMBER << 3 | ProtoReader.VARINT -> kind = (int) reader.varint();
            case Span.FLAGS_FIELD_NUMBER << 3 | ProtoReader.FIXED32 -> flags = reader.fixed32();
            case Span.START_TIME_UNIX_NANO_FIELD_NUMBER << 3 | ProtoReader.FIXED64 -> start = reader.fixed64();
            case Span.END_TIME_UNIX_NANO_FIELD_NUMBER << 3 | ProtoReader.FIXED64 -> end = reader.fixed64();
            case Span.STATUS_FIELD_NUMBER << 3 | ProtoReader.SIZED -> {
                messageLength = reader.sized();
                messageFrom = reader.from();
                hasStatus = true;
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean status(byte[] bytes) throws InvalidProtocolBufferException {
        reader.over(bytes, messageFrom, messageLength);
        messageLength = 0;
        seen = 0;
        while (reader.more()) {
            int tag = reader.tag();
            if (tag == STATUS_MESSAGE && isFirst(Status.MESSAGE_FIELD_NUMBER)) {
                messageLength = reader.sized();
                messageFrom = reader.from();
            } else if (tag == STATUS_CODE && isFirst(Status.CODE_FIELD_NUMBER)) {
                code = (int) reader.varint();
            } else {
                return false;
            }
        }
        return true;
    }

    Slices attributes() {
        return attributes;
    }

    Slices events() {
        return events;
    }

    int idFrom() {
        return idFrom;
    }

    int parentFrom() {
        return parentFrom;
    }

    int parentLength() {
        return parentLength;
    }

    int nameFrom() {
        return nameFrom;
    }

    int nameLength() {
        return nameLength;
    }

    int kind() {
        return kind;
    }

    int flags() {
        return flags;
    }

    /** Unix nanoseconds. */
    long start() {
        return start;
    }

    long end() {
        return end;
    }

    boolean hasStatus() {
        return hasStatus;
    }

    int code() {
        return code;
    }

    int messageFrom() {
        return messageFrom;
    }

    int messageLength() {
        return messageLength;
    }
}
