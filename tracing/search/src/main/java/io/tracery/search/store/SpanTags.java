package io.tracery.search.store;

import java.nio.charset.StandardCharsets;
import org.apache.lucene.util.BytesRef;

/**
 * What is searched for by attribute: for each attribute of a span a hash of its service, key and value. The service is part of it because a
 * fragment holds spans of many, and nearly every search names one. Whoever finds a fragment looks at its spans, so two
 * attributes with one hash cost time, nothing else. Measures (numbers of more than three digits, and fractions) are hashed into 65,536
 * values: they are hardly ever the same twice, and as terms of their own would be most of the index and of the work of merging it.
 */
final class SpanTags {

    /** More attributes than this on one span, and the rest are shown but not searched. */
    private static final int MOST = 512;

    private static final int TEXT_BYTES = 5;
    private static final int MEASURE_BYTES = 2;
    private static final long TEXT_MASK = (1L << (Byte.SIZE * TEXT_BYTES)) - 1;
    private static final long MEASURE_MASK = (1L << (Byte.SIZE * MEASURE_BYTES)) - 1;
    /** Tells the two apart while they are numbers; the terms tell themselves apart by their length. */
    private static final long IS_TEXT = TEXT_MASK + 1;

    private static final int LARGEST_DIGITS = 3;

    private final LongTable tags = new LongTable();
    private int left;

    /** The term to search for. */
    static BytesRef term(String service, String key, String value) {
        Terms terms = new Terms(1);
        write(tag(TextHash.of(service), TextHash.of(key), value), terms);
        BytesRef term = new BytesRef();
        terms.at(0, term);
        return term;
    }

    /** @param service and what follows are {@link TextHash}es */
    static long tag(long service, long key, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        return tag(service, key, bytes, 0, bytes.length);
    }

    static long tag(long service, long key, byte[] bytes, int from, int length) {
        long value = TextHash.of(bytes, from, length);
        return isMeasure(bytes, from, length) ? ofMeasure(service, key, value) : ofText(service, key, value);
    }

    static long ofText(long service, long key, long value) {
        return (TextHash.together(TextHash.together(service, key), value) & TEXT_MASK) | IS_TEXT;
    }

    static long ofMeasure(long service, long key, long value) {
        return TextHash.together(TextHash.together(service, key), value) & MEASURE_MASK;
    }

    static boolean isMeasure(byte[] bytes, int from, int length) {
        int digits = 0;
        for (int i = from; i < from + length; i++) {
            byte at = bytes[i];
            if (at >= '0' && at <= '9') {
                digits++;
            } else if (at != '.' && at != '-' && at != 'E') {
                return false;
            }
        }
        return digits > LARGEST_DIGITS;
    }

    static boolean isMeasure(long number) {
        return number > 999 || number < -999;
    }

    /** Begins a fragment. */
    void clear() {
        tags.clear();
    }

    /** Begins a span, or what many of them share. */
    void begin() {
        left = MOST;
    }

    void add(long tag) {
        if (left-- > 0) {
            tags.put(tag, 0);
        }
    }

    void addAll(long[] shared) {
        for (long tag : shared) {
            tags.put(tag, 0);
        }
    }

    /** Each once, of all the spans of the fragment. */
    Terms terms() {
        Terms terms = new Terms(tags.count());
        for (int i = 0; i < tags.count(); i++) {
            write(tags.key(i), terms);
        }
        return terms;
    }

    private static void write(long tag, Terms terms) {
        terms.write(tag, (tag & IS_TEXT) != 0 ? TEXT_BYTES : MEASURE_BYTES).end();
    }
}
