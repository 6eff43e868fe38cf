package io.tracery.tracing.otlp;

/** Writes {@code KeyValue} messages, the one form that attributes have everywhere in OTLP. */
final class AttributeWriter {

    private AttributeWriter() {}

    static void write(ProtoWriter out, int field, Key key, String value) {
        int keyValue = out.begin(field);
        key.write(out);
        int any = out.begin(OtlpFields.KEY_VALUE_VALUE);
        out.string(OtlpFields.VALUE_STRING, value);
        out.end(any);
        out.end(keyValue);
    }

    static void write(ProtoWriter out, int field, Key key, long value) {
        int keyValue = out.begin(field);
        key.write(out);
        int any = out.begin(OtlpFields.KEY_VALUE_VALUE);
        out.varint(OtlpFields.VALUE_INT, value);
        out.end(any);
        out.end(keyValue);
    }

    static void write(ProtoWriter out, int field, Key key, double value) {
        int keyValue = out.begin(field);
        key.write(out);
        int any = out.begin(OtlpFields.KEY_VALUE_VALUE);
        out.doubleValue(OtlpFields.VALUE_DOUBLE, value);
        out.end(any);
        out.end(keyValue);
    }

    static void write(ProtoWriter out, int field, Key key, boolean value) {
        int keyValue = out.begin(field);
        key.write(out);
        int any = out.begin(OtlpFields.KEY_VALUE_VALUE);
        out.varint(OtlpFields.VALUE_BOOL, value ? 1 : 0);
        out.end(any);
        out.end(keyValue);
    }
}
