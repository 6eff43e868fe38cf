package io.tracery.search.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The fields of a fragment's document: spans of one trace that came together, stored as one, with what a search asks for. */
final class Fields {

    static final String TRACE = "trace";
    static final String SERVICE = "service";
    /** {@link CallTerm}, as often as there are such spans. */
    static final String CALL = "call";
    /** Caller's service and called service, as often as one called the other. */
    static final String EDGE = "edge";
    /** Of {@link SpanTags}. */
    static final String TAG = "tag";
    /** When the first and the last of the spans began. */
    static final String FIRST = "first";

    static final String LAST = "last";
    static final String RECEIVED = "received";
    /** How many spans. */
    static final String SPANS = "spans";
    /** The spans themselves, see {@link Dictionaries#compress}. */
    static final String OTLP = "otlp";

    static final char SEPARATOR = '\0';

    /** A longer term is searched by its beginning and a hash of the whole. */
    static final int MAX_TERM_BYTES = 512;

    private static final int TERM_PREFIX = 128;

    private Fields() {}

    /** Text as a term; Lucene refuses terms of more than 32 kB, and long ones are rarely the same twice. */
    static String term(String text) {
        if (text.length() * 3 <= MAX_TERM_BYTES) {
            return text;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= MAX_TERM_BYTES) {
            return text;
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            return text.substring(0, text.offsetByCodePoints(0, TERM_PREFIX)) + "…"
                    + HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
