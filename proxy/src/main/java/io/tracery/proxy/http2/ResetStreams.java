package io.tracery.proxy.http2;

/** The streams that were reset last. What their peer had sent before it heard of that is no mistake of its. */
final class ResetStreams {

    private static final int MOST = 512;
    private static final int[] NONE = {};

    private int[] ids = NONE;
    private int next;

    void add(int id) {
        if (ids.length == 0) {
            ids = new int[MOST];
        }
        ids[next] = id;
        next = (next + 1) % MOST;
    }

    boolean contains(int id) {
        for (int known : ids) {
            if (known == id) {
                return true;
            }
        }
        return false;
    }
}
