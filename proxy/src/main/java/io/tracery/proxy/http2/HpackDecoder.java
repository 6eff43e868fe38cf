package io.tracery.proxy.http2;

import static io.netty.handler.codec.http2.Http2Error.COMPRESSION_ERROR;

import io.netty.handler.codec.http2.Http2Exception;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks blocks of headers (RFC 7541). One for each connection, because each block may name what earlier ones brought.
 * What a field says is the head's to judge; what cannot be unpacked ends the connection.
 */
final class HpackDecoder {

    /** What we let the peer keep in the table here; no SETTINGS of ours say otherwise. */
    private static final int MOST_TABLE_BYTES = 4096;

    private static final @Nullable HpackField[] NONE = {};
    private static final byte[] NOTHING = {};
    private static final int FIRST_FIELDS = 16;

    // The newest field stands before `next`; a ring whose length is a power of two.
    private @Nullable HpackField[] table = NONE;
    private int next;
    private int count;
    private int bytes;
    private int most = MOST_TABLE_BYTES;

    // The block that is being unpacked, how far it is, and its strings, which the head has room for.
    private byte[] in = NOTHING;
    private int at;
    private int end;
    private byte[] text = NOTHING;
    private int textEnd;

    /** @throws Http2Exception a connection error: nothing that follows could be understood */
    void decode(byte[] block, int from, int to, HeadBlock head) throws Http2Exception {
        in = block;
        at = from;
        end = to;
        text = head.text;
        boolean begun = false;
        try {
            while (at < end) {
                int first = in[at];
                if (first < 0) {
                    head.add(field(integer(0x7f)));
                } else if ((first & 0x40) != 0) {
                    literal(integer(0x3f), head, /* kept= */ true, /* sensitive= */ false);
                } else if ((first & 0x20) != 0) {
                    resize(integer(0x1f), begun);
                    continue;
                } else {
                    literal(integer(0x0f), head, /* kept= */ false, (first & 0x10) != 0);
                }
                begun = true;
            }
        } finally {
            head.text = text;
            in = NOTHING;
            text = NOTHING;
        }
    }

    private void literal(int index, HeadBlock head, boolean kept, boolean sensitive) throws Http2Exception {
        textEnd = 0;
        HpackField known = index == 0 ? null : field(index);
        if (known == null) {
            string();
        }
        int nameEnd = known == null ? textEnd : known.name.length;
        int valueFrom = textEnd;
        string();
        byte[] name = known == null ? text : known.name;
        if (kept) {
            HpackField field =
                    new HpackField(Arrays.copyOf(name, nameEnd), Arrays.copyOfRange(text, valueFrom, textEnd));
            keep(field);
            head.add(field);
        } else {
            FieldKind kind = known == null ? FieldName.of(name, 0, nameEnd).kind : known.kind;
            head.add(kind, name, nameEnd, valueFrom, textEnd, sensitive);
        }
    }

    /** A string behind what {@link #text} holds already. */
    private void string() throws Http2Exception {
        if (at >= end) {
            throw error("a block that ends within a field");
        }
        boolean packed = in[at] < 0;
        int length = integer(0x7f);
        if (length > end - at) {
            throw error("a string that is longer than its block");
        }
        int room = packed ? Huffman.most(length) : length;
        if (text.length - textEnd < room) {
            text = Arrays.copyOf(text, Math.max(2 * text.length, textEnd + room));
        }
        if (packed) {
            int to = Huffman.decode(in, at, at + length, text, textEnd);
            if (to < 0) {
                throw error("a string that is not packed as it says");
            }
            textEnd = to;
        } else {
            System.arraycopy(in, at, text, textEnd, length);
            textEnd += length;
        }
        at += length;
    }

    /** RFC 7541 section 5.1; nothing that is meant goes beyond 28 bits. */
    private int integer(int mask) throws Http2Exception {
        int value = in[at++] & mask;
        if (value < mask) {
            return value;
        }
        for (int shift = 0; shift < 28; shift += 7) {
            if (at >= end) {
                throw error("a block that ends within a number");
            }
            byte b = in[at++];
            value += (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw error("a number without an end");
    }

    private HpackField field(int index) throws Http2Exception {
        if (index == 0) {
            throw error("a field that no table has");
        }
        if (index <= StaticTable.LENGTH) {
            return StaticTable.field(index);
        }
        int age = index - StaticTable.LENGTH;
        HpackField field = age > count ? null : table[(next - age) & (table.length - 1)];
        if (field == null) {
            throw error("a field that no table has");
        }
        return field;
    }

    private void resize(int to, boolean begun) throws Http2Exception {
        if (begun || to > MOST_TABLE_BYTES) {
            throw error("a table that may not be of that size, or not now");
        }
        most = to;
        evict(0);
    }

    private void keep(HpackField field) {
        evict(field.size());
        if (field.size() > most) {
            // It empties the table and is not kept (RFC 7541 section 4.4).
            return;
        }
        if (count == table.length) {
            grow();
        }
        table[next & (table.length - 1)] = field;
        next++;
        count++;
        bytes += field.size();
    }

    private void evict(int forBytes) {
        while (count > 0 && bytes + forBytes > most) {
            int place = (next - count) & (table.length - 1);
            HpackField oldest = table[place];
            bytes -= oldest == null ? 0 : oldest.size();
            table[place] = null;
            count--;
        }
    }

    private void grow() {
        @Nullable HpackField[] larger = new @Nullable HpackField[Math.max(FIRST_FIELDS, 2 * table.length)];
        for (int i = 0; i < count; i++) {
            larger[i] = table[(next - count + i) & (table.length - 1)];
        }
        table = larger;
        next = count;
    }

    private static Http2Exception error(String what) {
        return Http2Exception.connectionError(COMPRESSION_ERROR, "%s", what);
    }
}
