package io.tracery.proxy.http2;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A field of HPACK's tables (RFC 7541 section 2.3), looked at once: whatever names it again finds it understood. */
final class HpackField {

    /** What a field takes of a table beside its bytes (RFC 7541 section 4.1). */
    static final int OVERHEAD = 32;

    final byte[] name;
    final byte[] value;
    final FieldKind kind;
    /** Null where name and value may stand in a head. */
    final @Nullable String fault;

    private @Nullable String text;

    HpackField(byte[] name, byte[] value) {
        this.name = name;
        this.value = value;
        this.kind = FieldName.of(name, 0, name.length).kind;
        this.fault = kind.fault(name, 0, name.length, value, 0, value.length);
    }

    HpackField(String name, String value) {
        this(name.getBytes(StandardCharsets.US_ASCII), value.getBytes(StandardCharsets.US_ASCII));
    }

    int size() {
        return name.length + value.length + OVERHEAD;
    }

    /** The value; made once, however often it is named. */
    String text() {
        String known = text;
        if (known == null) {
            known = new String(value, StandardCharsets.ISO_8859_1);
            text = known;
        }
        return known;
    }

    boolean named(byte[] bytes, int from, int to) {
        return Arrays.equals(name, 0, name.length, bytes, from, to);
    }

    boolean valued(byte[] bytes, int from, int to) {
        return Arrays.equals(value, 0, value.length, bytes, from, to);
    }
}
