package io.tracery.proxy.http2;

import io.netty.util.AsciiString;
import io.netty.util.concurrent.FastThreadLocal;
import io.tracery.proxy.http1.Grammar;
import io.tracery.proxy.http1.HeadFields;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Packs heads (RFC 7541), a block at a time. What comes again and again goes into the table that the peer keeps for us; what
 * is different each time does not, or it would push the others out. Strings are sent as they are.
 */
final class HpackEncoder implements HeadFields.Sink {

    /** What we keep in the peer's table at most, whatever it allows. */
    private static final int MOST_TABLE_BYTES = 4096;

    /** A field that would take more than this part of the table is not kept. */
    private static final int LARGE = 4;

    private static final int BUCKETS = 64;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long MIX = 0x9E3779B97F4A7C15L;
    private static final byte INDEXED = (byte) 0x80;
    private static final byte KEPT = 0x40;
    private static final byte RESIZE = 0x20;
    private static final byte NEVER_KEPT = 0x10;
    private static final byte NOT_KEPT = 0;

    /** All connections of a thread pack into the same array. */
    private static final FastThreadLocal<Scratch> SCRATCH = new FastThreadLocal<>() {
        @Override
        protected Scratch initialValue() {
            return new Scratch();
        }
    };

    private static final class Scratch {
        private byte[] out = new byte[1024];
        private byte[] name = new byte[64];
        private byte[] value = new byte[256];
    }

    /** A field in the peer's table; the chain is of those that fall into the same bucket. */
    private static final class Kept {
        private final HpackField field;
        private final int hash;
        private final int number;
        private @Nullable Kept chained;

        private Kept(HpackField field, int hash, int number) {
            this.field = field;
            this.hash = hash;
            this.number = number;
        }
    }

    private @Nullable Kept @Nullable [] buckets;
    private @Nullable Kept[] ring = {};
    private int next;
    private int count;
    private int tableBytes;
    private int most = MOST_TABLE_BYTES;
    private boolean resized;

    private Scratch scratch = SCRATCH.get();
    private int length;
    private @Nullable AsciiString leftOut;

    // ---- a block ----

    void begin() {
        scratch = SCRATCH.get();
        length = 0;
        leftOut = null;
        if (resized) {
            resized = false;
            integer(RESIZE, 0x1f, most);
        }
    }

    /** A field of that name does not go into this block. */
    void leaveOut(AsciiString name) {
        leftOut = name;
    }

    byte[] block() {
        return scratch.out;
    }

    int length() {
        return length;
    }

    /** The peer keeps a table of so many bytes at most. */
    void tableBytes(long allowed) {
        int now = (int) Math.min(allowed, MOST_TABLE_BYTES);
        if (now != most) {
            most = now;
            resized = true;
            evict(0);
        }
    }

    // ---- fields ----

    @Override
    public void field(byte[] bytes, int nameStart, int nameEnd, int valueStart, int valueEnd, boolean sensitive) {
        int size = nameEnd - nameStart;
        byte[] name = nameRoom(size);
        for (int i = 0; i < size; i++) {
            name[i] = Grammar.lower(bytes[nameStart + i]);
        }
        send(name, size, bytes, valueStart, valueEnd, sensitive);
    }

    @Override
    public void field(CharSequence name, CharSequence value) {
        int size = name.length();
        byte[] named = nameRoom(size);
        for (int i = 0; i < size; i++) {
            named[i] = Grammar.lower((byte) name.charAt(i));
        }
        int bytes = value.length();
        if (scratch.value.length < bytes) {
            scratch.value = new byte[2 * bytes];
        }
        byte[] valued = scratch.value;
        for (int i = 0; i < bytes; i++) {
            // Nothing is thrown here: half a block would leave the peer with half of what later ones name.
            char c = value.charAt(i);
            valued[i] = (byte) (c <= 0xff && Grammar.value((byte) c) ? c : '?');
        }
        send(named, size, valued, 0, bytes, /* sensitive= */ false);
    }

    private byte[] nameRoom(int size) {
        if (scratch.name.length < size) {
            scratch.name = new byte[2 * size];
        }
        return scratch.name;
    }

    private void send(byte[] name, int nameEnd, byte[] value, int from, int to, boolean sensitive) {
        FieldName known = FieldName.of(name, 0, nameEnd);
        // HTTP/2 has frames for what speaks of a connection; the host is the authority.
        if (known.kind.ofOneConnection() || known.kind == FieldKind.HOST || leftOut(name, nameEnd)) {
            return;
        }
        if (sensitive) {
            literal(NEVER_KEPT, 0x0f, known.index, name, nameEnd);
            string(value, from, to);
            return;
        }
        int fixed = StaticTable.valued(known, value, from, to);
        if (fixed > 0) {
            integer(INDEXED, 0x7f, fixed);
            return;
        }
        int size = nameEnd + (to - from) + HpackField.OVERHEAD;
        if (size > most / LARGE || !known.comesAgain(value, from, to)) {
            literal(NOT_KEPT, 0x0f, known.index, name, nameEnd);
            string(value, from, to);
            return;
        }
        int hash = 31 * hash(name, 0, nameEnd) + hash(value, from, to);
        Kept kept = find(hash, name, nameEnd, value, from, to);
        if (kept != null) {
            integer(INDEXED, 0x7f, StaticTable.LENGTH + next - kept.number);
            return;
        }
        literal(KEPT, 0x3f, known.index, name, nameEnd);
        string(value, from, to);
        keep(new HpackField(Arrays.copyOf(name, nameEnd), Arrays.copyOfRange(value, from, to)), hash);
    }

    private boolean leftOut(byte[] name, int nameEnd) {
        AsciiString without = leftOut;
        return without != null
                && without.length() == nameEnd
                && Arrays.equals(
                        without.array(), without.arrayOffset(), without.arrayOffset() + nameEnd, name, 0, nameEnd);
    }

    // ---- the table ----

    /** Eight bytes at a time. Who makes fields fall into one bucket on purpose finds a table of 128 at most. */
    private static int hash(byte[] bytes, int from, int to) {
        long hash = (long) to - from;
        int at = from;
        for (; to - at >= Long.BYTES; at += Long.BYTES) {
            hash = (hash ^ (long) LONGS.get(bytes, at)) * MIX;
        }
        for (; at < to; at++) {
            hash = (hash ^ bytes[at]) * MIX;
        }
        return (int) (hash >>> Integer.SIZE);
    }

    private static int bucket(int hash) {
        return (hash ^ hash >>> 16) & (BUCKETS - 1);
    }

    private @Nullable Kept find(int hash, byte[] name, int nameEnd, byte[] value, int from, int to) {
        if (buckets == null) {
            return null;
        }
        for (Kept kept = buckets[bucket(hash)]; kept != null; kept = kept.chained) {
            if (kept.hash == hash && kept.field.valued(value, from, to) && kept.field.named(name, 0, nameEnd)) {
                return kept;
            }
        }
        return null;
    }

    private void keep(HpackField field, int hash) {
        evict(field.size());
        @Nullable Kept[] into = buckets;
        if (into == null) {
            into = new @Nullable Kept[BUCKETS];
            buckets = into;
        }
        if (count == ring.length) {
            grow();
        }
        Kept kept = new Kept(field, hash, next);
        ring[next & (ring.length - 1)] = kept;
        kept.chained = into[bucket(hash)];
        into[bucket(hash)] = kept;
        next++;
        count++;
        tableBytes += field.size();
    }

    private void evict(int forBytes) {
        while (count > 0 && tableBytes + forBytes > most) {
            int place = (next - count) & (ring.length - 1);
            Kept oldest = ring[place];
            ring[place] = null;
            count--;
            if (oldest != null) {
                tableBytes -= oldest.field.size();
                unchain(oldest);
            }
        }
    }

    private void unchain(Kept gone) {
        if (buckets == null) {
            return;
        }
        int at = bucket(gone.hash);
        Kept before = buckets[at];
        if (before == gone) {
            buckets[at] = gone.chained;
            return;
        }
        while (before != null && before.chained != gone) {
            before = before.chained;
        }
        if (before != null) {
            before.chained = gone.chained;
        }
    }

    private void grow() {
        @Nullable Kept[] larger = new @Nullable Kept[Math.max(16, 2 * ring.length)];
        for (int number = next - count; number != next; number++) {
            larger[number & (larger.length - 1)] = ring[number & (ring.length - 1)];
        }
        ring = larger;
    }

    // ---- bytes ----

    private void literal(byte form, int mask, int named, byte[] name, int nameEnd) {
        integer(form, mask, named);
        if (named == 0) {
            string(name, 0, nameEnd);
        }
    }

    private void string(byte[] bytes, int from, int to) {
        integer(NOT_KEPT, 0x7f, to - from);
        room(to - from);
        System.arraycopy(bytes, from, scratch.out, length, to - from);
        length += to - from;
    }

    private void integer(byte form, int mask, int value) {
        room(6);
        byte[] out = scratch.out;
        if (value < mask) {
            out[length++] = (byte) (form | value);
            return;
        }
        out[length++] = (byte) (form | mask);
        int rest = value - mask;
        while (rest >= 0x80) {
            out[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        out[length++] = (byte) rest;
    }

    private void room(int bytes) {
        if (scratch.out.length - length < bytes) {
            scratch.out = Arrays.copyOf(scratch.out, Math.max(2 * scratch.out.length, length + bytes));
        }
    }
}
