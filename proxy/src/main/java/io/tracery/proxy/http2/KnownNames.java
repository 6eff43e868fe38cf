package io.tracery.proxy.http2;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What is known of names before any is sent: where the static table has them, and whether their values come again. */
final class KnownNames {

    private static final int SLOTS = 256;

    /** By hash: the first field of a name in the static table. */
    private static final int[] FIRST = new int[SLOTS];

    /** Different each time. */
    private static final byte[][] FLEETING = names(
            "traceparent",
            "tracestate",
            "content-length",
            "content-range",
            "grpc-timeout",
            "grpc-message",
            "etag",
            "date",
            "if-modified-since",
            "if-none-match",
            "last-modified",
            "location",
            "age",
            "set-cookie",
            "x-request-id",
            "x-b3-traceid",
            "x-b3-spanid",
            "x-b3-parentspanid",
            "b3",
            "uber-trace-id",
            "range");

    static {
        for (int index = StaticTable.LENGTH; index > 0; index--) {
            byte[] name = StaticTable.field(index).name;
            int slot = slot(name, name.length);
            while (FIRST[slot] != 0 && !same(FIRST[slot], name, name.length)) {
                slot = (slot + 1) & (SLOTS - 1);
            }
            FIRST[slot] = index;
        }
    }

    private KnownNames() {}

    private static byte[][] names(String... names) {
        byte[][] bytes = new byte[names.length][];
        for (int i = 0; i < names.length; i++) {
            bytes[i] = names[i].getBytes(StandardCharsets.US_ASCII);
        }
        return bytes;
    }

    private static int slot(byte[] name, int end) {
        int hash = HpackEncoder.hash(name, 0, end);
        return (hash ^ hash >>> 8 ^ hash >>> 16) & (SLOTS - 1);
    }

    private static boolean same(int index, byte[] name, int end) {
        return StaticTable.field(index).named(name, 0, end);
    }

    /** The static table's first field of that name, or 0. */
    static int index(byte[] name, int end) {
        for (int slot = slot(name, end); FIRST[slot] != 0; slot = (slot + 1) & (SLOTS - 1)) {
            if (same(FIRST[slot], name, end)) {
                return FIRST[slot];
            }
        }
        return 0;
    }

    /** The static table's field of that value among those of one name, which stand together; or 0. */
    static int valued(int first, byte[] value, int from, int to) {
        if (first == 0 || to == from) {
            return 0;
        }
        byte[] name = StaticTable.field(first).name;
        for (int index = first; index <= StaticTable.LENGTH; index++) {
            HpackField field = StaticTable.field(index);
            if (field.name.length != name.length || !Arrays.equals(field.name, name)) {
                return 0;
            }
            if (field.valued(value, from, to)) {
                return index;
            }
        }
        return 0;
    }

    /** Whether a field is worth its place in a table. */
    static boolean comesAgain(byte[] name, int nameEnd, byte[] value, int from, int to) {
        for (byte[] fleeting : FLEETING) {
            if (fleeting.length == nameEnd
                    && fleeting[0] == name[0]
                    && Arrays.equals(fleeting, 0, nameEnd, name, 0, nameEnd)) {
                return false;
            }
        }
        return FieldKind.of(name, 0, nameEnd) != FieldKind.PATH || named(value, from, to);
    }

    /** A path with a number or a query in it is hardly asked for twice. */
    private static boolean named(byte[] path, int from, int to) {
        for (int i = from; i < to; i++) {
            if (path[i] == '?' || (path[i] >= '0' && path[i] <= '9')) {
                return false;
            }
        }
        return true;
    }
}
