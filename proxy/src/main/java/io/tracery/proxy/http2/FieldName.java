package io.tracery.proxy.http2;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a field's name before any is sent: what it means, where the static table has it, and whether its values
 * come again. Found by one look at a few of its bytes.
 */
final class FieldName {

    /** Values that are different each time. */
    private static final Set<String> FLEETING = Set.of(
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

    private static final int SLOTS = 512;

    /** Open addressing. */
    private static final @Nullable FieldName[] BY_HASH = new @Nullable FieldName[SLOTS];

    static final FieldName UNKNOWN = new FieldName("", FieldKind.OTHER);

    static {
        Set<String> names = new TreeSet<>(FLEETING);
        for (int i = 0; i < StaticTable.Appendix.NAMES_AND_VALUES.length; i += 2) {
            names.add(StaticTable.Appendix.NAMES_AND_VALUES[i]);
        }
        for (FieldKind kind : FieldKind.values()) {
            if (kind != FieldKind.OTHER) {
                names.add(kind.text());
            }
        }
        for (String name : names) {
            FieldName known = new FieldName(name, FieldKind.named(name));
            int slot = slot(known.bytes, 0, known.bytes.length);
            while (BY_HASH[slot] != null) {
                slot = (slot + 1) & (SLOTS - 1);
            }
            BY_HASH[slot] = known;
        }
    }

    final FieldKind kind;

    /** The static table's first field of that name, 0 where it has none. */
    final int index;

    /** How many fields of that name it has that have a value; they stand together. */
    final int values;

    private final byte[] bytes;
    private final boolean fleeting;

    private FieldName(String name, FieldKind kind) {
        this.bytes = name.getBytes(StandardCharsets.US_ASCII);
        this.kind = kind;
        this.fleeting = FLEETING.contains(name);
        int first = 0;
        int valued = 0;
        for (int i = StaticTable.Appendix.NAMES_AND_VALUES.length - 2; i >= 0; i -= 2) {
            if (StaticTable.Appendix.NAMES_AND_VALUES[i].equals(name)) {
                first = i / 2 + 1;
                valued += StaticTable.Appendix.NAMES_AND_VALUES[i + 1].isEmpty() ? 0 : 1;
            }
        }
        this.index = first;
        this.values = valued;
    }

    /** {@link #UNKNOWN} where nothing is known of it. A name counts in lower case only. */
    static FieldName of(byte[] bytes, int from, int to) {
        if (to == from) {
            return UNKNOWN;
        }
        for (int slot = slot(bytes, from, to); ; slot = (slot + 1) & (SLOTS - 1)) {
            FieldName known = BY_HASH[slot];
            if (known == null) {
                return UNKNOWN;
            }
            if (Arrays.equals(known.bytes, 0, known.bytes.length, bytes, from, to)) {
                return known;
            }
        }
    }

    private static int slot(byte[] bytes, int from, int to) {
        int length = to - from;
        int hash = (length * 31 + bytes[from]) * 31 + bytes[from + length / 2];
        hash = hash * 31 + bytes[to - 1];
        return (hash ^ hash >>> 9) & (SLOTS - 1);
    }

    /** Whether a field is worth its place in a table. */
    boolean comesAgain(byte[] value, int from, int to) {
        return !fleeting && (kind != FieldKind.PATH || named(value, from, to));
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
