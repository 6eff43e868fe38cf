package io.tracery.search.store;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.trace.v1.Span.Event;
import io.tracery.tracing.otlp.Slices;

/** The fields of an event of a span, as they stand in its bytes; used again for one event after the other. */
final class EventFields {

    private static final int TIME = Event.TIME_UNIX_NANO_FIELD_NUMBER << 3 | ProtoReader.FIXED64;
    private static final int NAME = Event.NAME_FIELD_NUMBER << 3 | ProtoReader.SIZED;
    private static final int ATTRIBUTES = Event.ATTRIBUTES_FIELD_NUMBER << 3 | ProtoReader.SIZED;

    private final ProtoReader reader = new ProtoReader();
    private final Slices attributes = new Slices();
    private int nameFrom;
    private int nameLength;
    private long time;

    /** @return false where it holds something that has no column */
    boolean read(byte[] bytes, int from, int length) throws InvalidProtocolBufferException {
        attributes.clear();
        nameFrom = 0;
        nameLength = 0;
        time = 0;
        boolean named = false;
        boolean timed = false;
        reader.over(bytes, from, length);
        while (reader.more()) {
            int tag = reader.tag();
            if (tag == ATTRIBUTES) {
                int size = reader.sized();
                attributes.add(reader.from(), size);
            } else if (tag == NAME && !named) {
                named = true;
                nameLength = reader.sized();
                nameFrom = reader.from();
            } else if (tag == TIME && !timed) {
                timed = true;
                time = reader.fixed64();
            } else {
                return false;
            }
        }
        return true;
    }

    Slices attributes() {
        return attributes;
    }

    int nameFrom() {
        return nameFrom;
    }

    int nameLength() {
        return nameLength;
    }

    /** Unix nanoseconds. */
    long time() {
        return time;
    }
}
