package io.tracery.search.store;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.tracery.tracing.otlp.Slices;
import java.nio.charset.StandardCharsets;

/** Attributes of spans and events: their values into columns, and what a search finds them by. */
final class AttributeWriter {

    /** Types of values; those of an index that is written never change. */
    static final int NO_VALUE = 0;

    static final int TEXT = 1;
    static final int BOOL = 2;
    static final int INT = 3;
    static final int DOUBLE = 4;
    /** A floating point number that is a whole number of thousandths. */
    static final int THOUSANDTHS = 5;

    static final int OTHER = 6;

    private static final int UNUSUAL = -1;
    private static final int KEY = KeyValue.KEY_FIELD_NUMBER << 3 | ProtoReader.SIZED;
    private static final int VALUE = KeyValue.VALUE_FIELD_NUMBER << 3 | ProtoReader.SIZED;
    private static final long NOTHING = TextHash.of("");
    private static final long TRUE = TextHash.of("true");
    private static final long FALSE = TextHash.of("false");
    private static final double MOST_THOUSANDTHS = 1e15;
    private static final int MOST_DIGITS = 20;
    private static final byte[] EMPTY = {};

    private final SpanColumns columns;
    private final Interned texts;
    private final Interned shapes;
    private final SpanTags tags;
    private final ProtoReader reader = new ProtoReader();
    private final Column shape = new Column();
    private final byte[] digits = new byte[MOST_DIGITS];

    AttributeWriter(SpanColumns columns, Interned texts, Interned shapes, SpanTags tags) {
        this.columns = columns;
        this.texts = texts;
        this.shapes = shapes;
        this.tags = tags;
    }

    /**
     * @param service its hash
     * @return false where one of them is not what OTLP says an attribute is, and has no column
     */
    boolean write(long service, byte[] bytes, Slices attributes) throws InvalidProtocolBufferException {
        shape.clear();
        for (int i = 0; i < attributes.count(); i++) {
            if (!attribute(service, bytes, attributes.from(i), attributes.length(i))) {
                return false;
            }
        }
        columns.spans.write(shapes.number(shape.bytes(), 0, shape.size()));
        return true;
    }

    private boolean attribute(long service, byte[] bytes, int start, int size) throws InvalidProtocolBufferException {
        int key = UNUSUAL;
        int from = UNUSUAL;
        int length = 0;
        reader.over(bytes, start, size);
        while (reader.more()) {
            int tag = reader.tag();
            if (tag == KEY && key == UNUSUAL) {
                int keyLength = reader.sized();
                key = texts.text(bytes, reader.from(), keyLength);
            } else if (tag == VALUE && from == UNUSUAL) {
                length = reader.sized();
                from = reader.from();
            } else {
                return false;
            }
        }
        if (key == UNUSUAL) {
            key = texts.text(EMPTY, 0, 0);
        }
        long hash = texts.hash(key);
        int type = NO_VALUE;
        if (from == UNUSUAL) {
            tags.add(SpanTags.ofText(service, hash, NOTHING));
        } else {
            type = value(service, hash, bytes, from, length);
        }
        shape.write((long) key << 3 | type);
        return type != UNUSUAL;
    }

    private int value(long service, long key, byte[] bytes, int from, int length)
            throws InvalidProtocolBufferException {
        reader.over(bytes, from, length);
        int type = switch (length == 0 ? 0 : reader.tag()) {
            case AnyValue.STRING_VALUE_FIELD_NUMBER << 3 | ProtoReader.SIZED -> text(service, key, bytes);
            case AnyValue.BOOL_VALUE_FIELD_NUMBER << 3 | ProtoReader.VARINT -> bool(service, key);
            case AnyValue.INT_VALUE_FIELD_NUMBER << 3 | ProtoReader.VARINT -> number(service, key);
            case AnyValue.DOUBLE_VALUE_FIELD_NUMBER << 3 | ProtoReader.FIXED64 -> real(service, key);
            default -> {
                AnyValue value = AnyValue.parser().parseFrom(bytes, from, length);
                columns.rest.writeSized(bytes, from, length);
                tags.add(SpanTags.tag(service, key, AttributeText.of(value)));
                yield value.getUnknownFields().isEmpty() ? OTHER : UNUSUAL;
            }
        };
        return type != OTHER && reader.more() ? UNUSUAL : type;
    }

    private int text(long service, long key, byte[] bytes) throws InvalidProtocolBufferException {
        int length = reader.sized();
        int text = texts.text(bytes, reader.from(), length);
        columns.values.write(text);
        tags.add(
                SpanTags.isMeasure(bytes, reader.from(), length)
                        ? SpanTags.ofMeasure(service, key, texts.hash(text))
                        : SpanTags.ofText(service, key, texts.hash(text)));
        return TEXT;
    }

    private int bool(long service, long key) throws InvalidProtocolBufferException {
        boolean value = reader.varint() != 0;
        columns.values.write(value ? 1 : 0);
        tags.add(SpanTags.ofText(service, key, value ? TRUE : FALSE));
        return BOOL;
    }

    private int number(long service, long key) throws InvalidProtocolBufferException {
        long value = reader.varint();
        columns.values.writeSigned(value);
        long text = decimal(value);
        tags.add(
                SpanTags.isMeasure(value)
                        ? SpanTags.ofMeasure(service, key, text)
                        : SpanTags.ofText(service, key, text));
        return INT;
    }

    /** The hash of a number as a person would write it. */
    private long decimal(long value) {
        if (value == Long.MIN_VALUE) {
            return TextHash.of(String.valueOf(value));
        }
        int at = MOST_DIGITS;
        long rest = Math.abs(value);
        do {
            digits[--at] = (byte) ('0' + rest % 10);
            rest /= 10;
        } while (rest != 0);
        if (value < 0) {
            digits[--at] = '-';
        }
        return TextHash.of(digits, at, MOST_DIGITS - at);
    }

    private int real(long service, long key) throws InvalidProtocolBufferException {
        double value = Double.longBitsToDouble(reader.fixed64());
        byte[] text = AttributeText.number(value).getBytes(StandardCharsets.ISO_8859_1);
        tags.add(SpanTags.tag(service, key, text, 0, text.length));
        if (isThousandths(value)) {
            columns.values.writeSigned((long) Math.rint(value * 1000));
            return THOUSANDTHS;
        }
        // The lowest bits of what a sidecar tells are zero: turned around, they are not written.
        columns.doubles.write(Long.reverse(Double.doubleToRawLongBits(value)));
        return DOUBLE;
    }

    private static boolean isThousandths(double value) {
        return Math.abs(value) < MOST_THOUSANDTHS
                && Double.doubleToRawLongBits((long) Math.rint(value * 1000) / 1000.0)
                        == Double.doubleToRawLongBits(value);
    }
}
