package io.tracery.proxy.http1;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a head as they were read: one array of bytes and where in it each name and value lies. Looking one up
 * compares bytes, taking one off marks it, and what was not touched is written again by copying its lines, so that a
 * field that passes through costs next to nothing and stays letter by letter what it was. HTTP/2 heads are laid out as the
 * same lines when they are unpacked.
 */
public final class HeadFields extends SeldomAsked {

    /** Takes the fields of a head one by one, in order. */
    public interface Sink {

        /**
         * A field that was read and not touched.
         *
         * @param bytes in which name and value lie; only to be looked at
         * @param sensitive the peer said that it must never be kept in a table (RFC 7541 section 7.1.3)
         */
        void field(byte[] bytes, int nameStart, int nameEnd, int valueStart, int valueEnd, boolean sensitive);

        /** A field that was set. */
        void field(CharSequence name, CharSequence value);
    }

    private static final int STRIDE = 4;

    /** A usual line has about as many bytes. Where lines are shorter, there is room for more of them in time. */
    private static final int USUAL_LINE_BYTES = 24;

    private final byte[] bytes;

    // Four a field: where its name begins, where that ends, and the same of its value. A name of no length: taken off.
    private int[] marks;
    private int read;
    private int taken;

    /** A bit for each kind of name that was read: most look-ups are for names that are not there, and end here. */
    private long kinds;

    /** A bit for each of the first fields that is sensitive; the last one stands for all that follow. */
    private long sensitive;

    /** What was set since; null while there is nothing. */
    private @Nullable AddedFields added;

    /** @param bytes the lines and the empty one that ends them; they belong to this object from now on */
    public HeadFields(byte[] bytes) {
        this(bytes, 1 + bytes.length / USUAL_LINE_BYTES);
    }

    /** @param fields how many there are, as far as is known */
    public HeadFields(byte[] bytes, int fields) {
        this.bytes = bytes;
        this.marks = new int[Math.max(1, fields) * STRIDE];
    }

    /** A field's line was read. Its line goes on to where the next one's name begins. */
    public void line(int nameStart, int nameEnd, int valueStart, int valueEnd) {
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

    /** The line that was read last must not be kept in a table by anybody. */
    public void sensitiveLine() {
        sensitive |= bit(read - 1);
    }

    private static long bit(int field) {
        return 1L << Math.min(field, Long.SIZE - 1);
    }

    /** The fields that are left, then what was added. */
    public void sendTo(Sink sink) {
        for (int at = 0, field = 0, end = read * STRIDE; at < end; at += STRIDE, field++) {
            if (!gone(at)) {
                boolean hidden = sensitive != 0 && (sensitive & bit(field)) != 0;
                sink.field(bytes, marks[at], marks[at + 1], marks[at + 2], marks[at + 3], hidden);
            }
        }
        if (added != null) {
            added.sendTo(sink);
        }
    }

    /** The lines that are left, then what was added. */
    void writeTo(HeadWriter out) {
        int run = -1;
        for (int at = 0, end = read * STRIDE; at < end; at += STRIDE) {
            if (gone(at)) {
                if (run >= 0) {
                    out.raw(bytes, run, marks[at]);
                    run = -1;
                }
            } else if (run < 0) {
                run = marks[at];
            }
        }
        if (run >= 0) {
            // The head ends with an empty line, which is not ours to write.
            out.raw(bytes, run, bytes.length - Syntax.CRLF.length);
        }
        if (added != null) {
            added.writeTo(out);
        }
    }

    // ---- looking up: fields are known by where their marks stand ----

    private boolean gone(int at) {
        return marks[at] == marks[at + 1];
    }

    /** The next field of that name from {@code from} on, or -1. */
    private int find(CharSequence name, int from) {
        int length = name.length();
        if (length == 0 || (kinds & kind(length, (byte) name.charAt(0), (byte) name.charAt(length - 1))) == 0) {
            return -1;
        }
        for (int at = from, end = read * STRIDE; at < end; at += STRIDE) {
            if (marks[at + 1] - marks[at] == length && named(marks[at], name, length)) {
                return at;
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

    private int findAdded(CharSequence name, int from) {
        return added == null ? -1 : added.find(name, from);
    }

    private String value(int at) {
        boolean secret = sensitive != 0 && (sensitive & bit(at / STRIDE)) != 0;
        return secret
                ? RepeatedTexts.unkept(bytes, marks[at + 2], marks[at + 3])
                : RepeatedTexts.text(bytes, marks[at + 2], marks[at + 3]);
    }

    @Override
    @SuppressWarnings("NullAway") // Netty's own answer where there is none.
    public @Nullable String get(CharSequence name) {
        int at = find(name, 0);
        if (at >= 0) {
            return value(at);
        }
        int field = findAdded(name, 0);
        return field < 0 || added == null ? null : added.value(field);
    }

    @Override
    public List<String> getAll(CharSequence name) {
        int first = find(name, 0);
        int firstAdded = findAdded(name, 0);
        if (first < 0 && firstAdded < 0) {
            return List.of();
        }
        if (firstAdded < 0 && find(name, first + STRIDE) < 0) {
            return List.of(value(first));
        }
        List<String> values = new ArrayList<>();
        for (int at = first; at >= 0; at = find(name, at + STRIDE)) {
            values.add(value(at));
        }
        for (int field = firstAdded; field >= 0 && added != null; field = findAdded(name, field + 1)) {
            values.add(added.value(field));
        }
        return values;
    }

    @Override
    public boolean contains(CharSequence name) {
        return find(name, 0) >= 0 || findAdded(name, 0) >= 0;
    }

    /** Whether it stands between the commas of any such field, without making text of them. */
    @Override
    public boolean containsValue(CharSequence name, CharSequence value, boolean ignoreCase) {
        for (int at = find(name, 0); at >= 0; at = find(name, at + STRIDE)) {
            if (lists(marks[at + 2], marks[at + 3], value, ignoreCase)) {
                return true;
            }
        }
        return findAdded(name, 0) >= 0 && super.containsValue(name, value, ignoreCase);
    }

    private boolean lists(int start, int end, CharSequence value, boolean ignoreCase) {
        int from = start;
        for (int at = start; at <= end; at++) {
            if (at == end || bytes[at] == ',') {
                if (isBetween(from, at, value, ignoreCase)) {
                    return true;
                }
                from = at + 1;
            }
        }
        return false;
    }

    private boolean isBetween(int start, int end, CharSequence value, boolean ignoreCase) {
        int from = start;
        int to = end;
        while (from < to && Grammar.blank(bytes[from])) {
            from++;
        }
        while (from < to && Grammar.blank(bytes[to - 1])) {
            to--;
        }
        if (to - from != value.length()) {
            return false;
        }
        for (int i = 0; i < value.length(); i++) {
            byte wanted = (byte) value.charAt(i);
            byte there = bytes[from + i];
            if (ignoreCase ? Grammar.lower(wanted) != Grammar.lower(there) : wanted != there) {
                return false;
            }
        }
        return true;
    }

    // ---- changing ----

    @Override
    public HttpHeaders remove(CharSequence name) {
        for (int at = find(name, 0); at >= 0; at = find(name, at + STRIDE)) {
            marks[at + 1] = marks[at];
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
        for (int at = 0; at < read * STRIDE; at += STRIDE) {
            marks[at + 1] = marks[at];
        }
        added = null;
        return this;
    }

    @Override
    public HttpHeaders add(CharSequence name, Object value) {
        if (added == null) {
            added = new AddedFields();
        }
        added.add(name, text(value));
        return this;
    }

    @Override
    public HttpHeaders set(CharSequence name, Object value) {
        if (!overwritten(name, value)) {
            remove(name);
            add(name, value);
        }
        return this;
    }

    /** A value of the same length takes the old one's place, which is what every {@code traceparent} does. */
    private boolean overwritten(CharSequence name, Object value) {
        int at = find(name, 0);
        if (at < 0
                || !(value instanceof CharSequence text)
                || find(name, at + STRIDE) >= 0
                || findAdded(name, 0) >= 0) {
            return false;
        }
        int start = marks[at + 2];
        int length = text.length();
        if (marks[at + 3] - start != length) {
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

    // ---- the whole ----

    @Override
    public int size() {
        return read - taken + (added == null ? 0 : added.size());
    }

    @Override
    List<Map.Entry<CharSequence, CharSequence>> each() {
        List<Map.Entry<CharSequence, CharSequence>> each = new ArrayList<>(size());
        for (int at = 0; at < read * STRIDE; at += STRIDE) {
            if (!gone(at)) {
                each.add(Map.entry(slice(marks[at], marks[at + 1]), slice(marks[at + 2], marks[at + 3])));
            }
        }
        if (added != null) {
            added.addTo(each);
        }
        return each;
    }

    private AsciiString slice(int start, int end) {
        return new AsciiString(bytes, start, end - start, /* copy= */ false);
    }
}
