package io.tracery.proxy.http2;

/** The streams that were reset last. What their peer had sent before it heard of that is no mistake of its. */
final class ResetStreams {

    private static final int MOST = 64;

    private final int[] ids = new int[MOST];
    private int next;

    void add(int id) {
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
