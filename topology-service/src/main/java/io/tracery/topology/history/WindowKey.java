package io.tracery.topology.history;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Keys of the store: by kind, then time, then edge, so that one window lies in one piece, its edges in order. */
final class WindowKey {

    /** Kinds below this are windows, by the code of their step. */
    private static final byte SIZES = 90;

    private static final byte COMPLETE = 101;
    static final int HEAD = 9;

    private WindowKey() {}

    static byte[] window(Step step, long begin) {
        return head((byte) step.code(), begin);
    }

    static byte[] edge(Step step, long begin, String edge) {
        return with(window(step, begin), edge);
    }

    /** How many entries a window has, and how large they are. */
    static byte[] size(Step step, long begin) {
        return head((byte) (SIZES + step.code()), begin);
    }

    /** Until when windows are complete. */
    static byte[] complete(Step step) {
        return head(COMPLETE, step.code());
    }

    static long time(byte[] key) {
        return ByteBuffer.wrap(key).getLong(1);
    }

    static String name(byte[] key) {
        return new String(key, HEAD, key.length - HEAD, StandardCharsets.UTF_8);
    }

    private static byte[] head(byte kind, long time) {
        return ByteBuffer.allocate(HEAD).put(kind).putLong(time).array();
    }

    private static byte[] with(byte[] head, String name) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(head.length + text.length)
                .put(head)
                .put(text)
                .array();
    }
}
