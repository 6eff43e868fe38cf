package io.tracery.proxy.http1;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a head as they were read: one array of bytes and where in it each name and value lies. Looking one up
 * compares bytes, taking one off marks it, and what was not touched is written again by copying its lines, so that a
 * field that passes through costs next to nothing and stays letter by letter what it was.
 */
final class HeadFields extends HttpHeaders {

    private static final int STRIDE = 4;
    private static final int USUAL_FIELDS = 16;

    private final byte[] bytes;

    // Four a field: where its name begins, where that ends, and the same of its value. A name of no length: taken off.
    private int[] marks = new int[USUAL_FIELDS * STRIDE];
    private int read;
    private int taken;

    /** A bit for each kind of name that was read: most look-ups are for names that are not there, and end here. */
    private long kinds;

    /** What was set since, in order; null while there is nothing. */
    private @Nullable HttpHeaders added;

    /** @param bytes belong to this object from now on */
    HeadFields(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A field's line was read. Its line goes on to where the next one's name begins. */
    void line(int nameStart, int nameEnd, int valueStart, int valueEnd) {
        int at = read * STRIDE;
        if (at == marks.length) {
            marks = Arrays.copyOf(marks, 2 * marks.length);
        }
        marks[at] = nameStart;
        marks[at + 1] = nameEnd;
        marks[at + 2] = valueStart;
        marks[at + 3] = valueEnd;
        kinds |= kind(nameEnd - nameStart, bytes[nameStart], bytes[nameEnd - 1]);
        read++;
    }

    /** The lines that are left, then what was added. */
    void writeTo(HeadWriter out) {
        int run = -1;
        for (int field = 0; field < read; field++) {
            if (gone(field)) {
                if (run >= 0) {
                    out.raw(bytes, run, marks[field * STRIDE]);
                    run = -1;
                }
            } else if (run < 0) {
                run = marks[field * STRIDE];
            }
        }
        if (run >= 0) {
            // The head ends with an empty line, which is not ours to write.
            out.raw(bytes, run, bytes.length - Syntax.CRLF.length);
        }
        if (added != null) {
            Iterator<Map.Entry<CharSequence, CharSequence>> each = added.iteratorCharSequence();
            while (each.hasNext()) {
                Map.Entry<CharSequence, CharSequence> field = each.next();
                out.field(field.getKey(), field.getValue());
            }
        }
    }

    // ---- looking up ----

    private boolean gone(int field) {
        return marks[field * STRIDE] == marks[field * STRIDE + 1];
    }

    /** The next field of that name from {@code from} on, or -1. */
    private int find(CharSequence name, int from) {
        int length = name.length();
        if (length == 0 || (kinds & kind(length, (byte) name.charAt(0), (byte) name.charAt(length - 1))) == 0) {
            return -1;
        }
        for (int at = from * STRIDE, end = read * STRIDE; at < end; at += STRIDE) {
            if (marks[at + 1] - marks[at] == length && named(marks[at], name, length)) {
                return at / STRIDE;
            }
        }
        return -1;
    }

    private static long kind(int length, byte first, byte last) {
        // Letters differ by case in one bit, which is left out; a shift takes the lowest six of the sum.
        return 1L << (length * 7 + (first & 0x1f) * 3 + (last & 0x1f));
    }

    private boolean named(int start, CharSequence name, int length) {
        for (int i = 0; i < length; i++) {
            if (Grammar.lower(bytes[start + i]) != Grammar.lower((byte) name.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private String value(int field) {
        int start = marks[field * STRIDE + 2];
        return new String(bytes, start, marks[field * STRIDE + 3] - start, StandardCharsets.ISO_8859_1);
    }

    private AsciiString slice(int start, int end) {
        return new AsciiString(bytes, start, end - start, /* copy= */ false);
    }

    @Override
    public @Nullable String get(String name) {
        return get((CharSequence) name);
    }

    @Override
    @SuppressWarnings("NullAway") // Netty's own answer where there is none.
    public @Nullable String get(CharSequence name) {
        int field = find(name, 0);
        if (field >= 0) {
            return value(field);
        }
        return added == null ? null : added.get(name);
    }

    @Override
    public List<String> getAll(String name) {
        return getAll((CharSequence) name);
    }

    @Override
    public List<String> getAll(CharSequence name) {
        int first = find(name, 0);
        if (first < 0) {
            return added == null ? List.of() : added.getAll(name);
        }
        int next = find(name, first + 1);
        boolean more = next >= 0 || (added != null && added.contains(name));
        if (!more) {
            return List.of(value(first));
        }
        List<String> values = new ArrayList<>();
        for (int field = first; field >= 0; field = find(name, field + 1)) {
            values.add(value(field));
        }
        if (added != null) {
            values.addAll(added.getAll(name));
        }
        return values;
    }

    @Override
    public boolean contains(String name) {
        return contains((CharSequence) name);
    }

    @Override
    public boolean contains(CharSequence name) {
        return find(name, 0) >= 0 || (added != null && added.contains(name));
    }

    @Override
    public boolean containsValue(CharSequence name, CharSequence value, boolean ignoreCase) {
        return contains(name) && super.containsValue(name, value, ignoreCase);
    }

    // ---- changing ----

    @Override
    public HttpHeaders remove(String name) {
        return remove((CharSequence) name);
    }

    @Override
    public HttpHeaders remove(CharSequence name) {
        for (int field = find(name, 0); field >= 0; field = find(name, field + 1)) {
            marks[field * STRIDE + 1] = marks[field * STRIDE];
            taken++;
        }
        if (added != null) {
            added.remove(name);
        }
        return this;
    }

    @Override
    public HttpHeaders clear() {
        taken = read;
        for (int field = 0; field < read; field++) {
            marks[field * STRIDE + 1] = marks[field * STRIDE];
        }
        added = null;
        return this;
    }

    private HttpHeaders added() {
        if (added == null) {
            added = new DefaultHttpHeaders();
        }
        return added;
    }

    @Override
    public HttpHeaders add(String name, Object value) {
        added().add(name, value);
        return this;
    }

    @Override
    public HttpHeaders add(CharSequence name, Object value) {
        added().add(name, value);
        return this;
    }

    @Override
    public HttpHeaders add(String name, Iterable<?> values) {
        added().add(name, values);
        return this;
    }

    @Override
    public HttpHeaders addInt(CharSequence name, int value) {
        added().addInt(name, value);
        return this;
    }

    @Override
    public HttpHeaders addShort(CharSequence name, short value) {
        added().addShort(name, value);
        return this;
    }

    @Override
    public HttpHeaders set(String name, Object value) {
        return set((CharSequence) name, value);
    }

    @Override
    public HttpHeaders set(CharSequence name, Object value) {
        if (!overwritten(name, value)) {
            remove(name);
            added().set(name, value);
        }
        return this;
    }

    /** A value of the same length takes the old one's place, which is what every {@code traceparent} does. */
    private boolean overwritten(CharSequence name, Object value) {
        int field = find(name, 0);
        if (field < 0 || added != null || !(value instanceof CharSequence text) || find(name, field + 1) >= 0) {
            return false;
        }
        int start = marks[field * STRIDE + 2];
        int length = text.length();
        if (marks[field * STRIDE + 3] - start != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (text.charAt(i) < 0x20 || text.charAt(i) > 0x7e) {
                return false;
            }
        }
        for (int i = 0; i < length; i++) {
            bytes[start + i] = (byte) text.charAt(i);
        }
        return true;
    }

    @Override
    public HttpHeaders set(String name, Iterable<?> values) {
        remove(name);
        added().set(name, values);
        return this;
    }

    @Override
    public HttpHeaders setInt(CharSequence name, int value) {
        return set(name, Integer.toString(value));
    }

    @Override
    public HttpHeaders setShort(CharSequence name, short value) {
        return set(name, Short.toString(value));
    }

    // ---- the whole ----

    @Override
    public boolean isEmpty() {
        return size() == 0;
    }

    @Override
    public int size() {
        return read - taken + (added == null ? 0 : added.size());
    }

    @Override
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        entries().forEach(entry -> names.add(entry.getKey()));
        return names;
    }

    @Override
    public List<Map.Entry<String, String>> entries() {
        List<Map.Entry<String, String>> entries = new ArrayList<>(size());
        each().forEach(entry -> entries.add(
                Map.entry(entry.getKey().toString(), entry.getValue().toString())));
        return entries;
    }

    @Override
    @Deprecated
    @SuppressWarnings("InlineMeSuggester") // Netty's own deprecation.
    public Iterator<Map.Entry<String, String>> iterator() {
        return entries().iterator();
    }

    @Override
    public Iterator<Map.Entry<CharSequence, CharSequence>> iteratorCharSequence() {
        return each().iterator();
    }

    private List<Map.Entry<CharSequence, CharSequence>> each() {
        List<Map.Entry<CharSequence, CharSequence>> each = new ArrayList<>(size());
        for (int field = 0; field < read; field++) {
            if (!gone(field)) {
                int at = field * STRIDE;
                each.add(Map.entry(slice(marks[at], marks[at + 1]), slice(marks[at + 2], marks[at + 3])));
            }
        }
        if (added != null) {
            added.iteratorCharSequence().forEachRemaining(each::add);
        }
        return each;
    }

    @Override
    public @Nullable Integer getInt(CharSequence name) {
        return converted().getInt(name);
    }

    @Override
    public int getInt(CharSequence name, int otherwise) {
        return converted().getInt(name, otherwise);
    }

    @Override
    public @Nullable Short getShort(CharSequence name) {
        return converted().getShort(name);
    }

    @Override
    public short getShort(CharSequence name, short otherwise) {
        return converted().getShort(name, otherwise);
    }

    @Override
    public @Nullable Long getTimeMillis(CharSequence name) {
        return converted().getTimeMillis(name);
    }

    @Override
    public long getTimeMillis(CharSequence name, long otherwise) {
        return converted().getTimeMillis(name, otherwise);
    }

    /** Numbers and dates, which the data path asks for nowhere, are Netty's to understand. */
    private HttpHeaders converted() {
        return copy();
    }

    @Override
    public HttpHeaders copy() {
        HttpHeaders copy = new DefaultHttpHeaders();
        each().forEach(entry -> copy.add(entry.getKey(), entry.getValue()));
        return copy;
    }
}
