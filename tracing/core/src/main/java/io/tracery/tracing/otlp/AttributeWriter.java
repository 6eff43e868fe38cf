package io.tracery.tracing.otlp;

/**
 * Writes {@code KeyValue} messages, the one form that attributes have everywhere in OTLP. They are most of what is written,
 * so that lengths are reckoned before rather than filled in after.
 */
final class AttributeWriter {

    private AttributeWriter() {}

    static void write(ProtoWriter out, int field, Key key, String value) {
        int length = ProtoWriter.utf8Length(value);
        open(out, field, key, 1 + ProtoWriter.varintSize(length) + length);
        out.string(OtlpFields.VALUE_STRING, value, length);
    }

    static void write(ProtoWriter out, int field, Key key, long value) {
        open(out, field, key, 1 + ProtoWriter.varintSize(value));
        out.varint(OtlpFields.VALUE_INT, value);
    }

    /** An integer that is told later, see {@link ProtoWriter#setRoomy}. */
    static int room(ProtoWriter out, int field, Key key) {
        open(out, field, key, 1 + ProtoWriter.ROOMY_BYTES);
        return out.roomyVarint(OtlpFields.VALUE_INT);
    }

    static void write(ProtoWriter out, int field, Key key, double value) {
        open(out, field, key, 1 + Double.BYTES);
        out.doubleValue(OtlpFields.VALUE_DOUBLE, value);
    }

    static void write(ProtoWriter out, int field, Key key, boolean value) {
        open(out, field, key, 2);
        out.varint(OtlpFields.VALUE_BOOL, value ? 1 : 0);
    }

    /** An array of one text. */
    static void writeArray(ProtoWriter out, int field, Key key, String only) {
        int length = ProtoWriter.utf8Length(only);
        int value = 1 + ProtoWriter.varintSize(length) + length;
        int array = 1 + ProtoWriter.varintSize(value) + value;
        open(out, field, key, 1 + ProtoWriter.varintSize(array) + array);
        int arrayMark = out.begin(OtlpFields.VALUE_ARRAY);
        int valueMark = out.begin(OtlpFields.ARRAY_VALUES);
        out.string(OtlpFields.VALUE_STRING, only, length);
        out.end(valueMark);
        out.end(arrayMark);
    }

    /** @param any length of the {@code AnyValue} that follows */
    private static void open(ProtoWriter out, int field, Key key, int any) {
        out.open(field, key.encoded(), OtlpFields.KEY_VALUE_VALUE, any);
    }
}
