package io.tracery.proxy.http2;

import io.netty.handler.codec.http2.Http2Error;

/**
 * Watches how a peer behaves: frames that cost work and carry nothing, and streams that are opened to be reset
 * (CVE-2023-44487, CVE-2025-8671), beyond what an honest peer needs.
 */
final class Conduct {

    /** An honest peer sends no more than this many frames about each that carries something. */
    private static final int OVERHEAD_OF_ONE = 4;

    /** Some peers open their windows again with every kilobyte. */
    private static final int USEFUL_BYTES = 1024;

    /** So many empty pieces of a body in a row no peer has a use for. */
    private static final int MOST_EMPTY = 2;

    private final Http2Limits limits;

    private long periodSince = System.nanoTime();
    private int useful;
    private int overhead;
    private int opened;
    private int resets;
    private int empty;
    private boolean abusive;

    Conduct(Http2Limits limits) {
        this.limits = limits;
    }

    /** Nothing of it is worth another frame. */
    boolean abusive() {
        return abusive;
    }

    /** A frame of the peer's, or one that it made us send, that carries nothing. */
    void overhead() {
        overhead++;
        if (overhead - OVERHEAD_OF_ONE * (long) useful > limits.maxOverhead() && !newPeriod()) {
            abusive = true;
        }
    }

    void data(int bytes, boolean end) {
        if (bytes > 0 || end) {
            useful += 1 + bytes / USEFUL_BYTES;
            empty = 0;
        } else {
            overhead();
            abusive |= ++empty > MOST_EMPTY;
        }
    }

    /** A piece of a body that we sent. */
    void sent(int bytes) {
        useful += 1 + bytes / USEFUL_BYTES;
    }

    /** A head that belongs to a stream and is no interim one; either side's. */
    void head() {
        useful++;
        empty = 0;
    }

    void opened() {
        opened++;
    }

    void resetByPeer() {
        overhead();
        reset();
    }

    void resetByUs(Http2Error code) {
        if (itsMistake(code)) {
            reset();
        }
    }

    private void reset() {
        resets++;
        if (resets > limits.maxResets() && 2 * resets > opened && !newPeriod()) {
            abusive = true;
        }
    }

    private static boolean itsMistake(Http2Error code) {
        return switch (code) {
            case PROTOCOL_ERROR, FLOW_CONTROL_ERROR, STREAM_CLOSED, FRAME_SIZE_ERROR -> true;
            default -> false;
        };
    }

    /** The clock is asked only when a bound has been reached. */
    private boolean newPeriod() {
        long now = System.nanoTime();
        if (now - periodSince < limits.period().toNanos()) {
            return false;
        }
        periodSince = now;
        useful = 0;
        overhead = 0;
        opened = 0;
        resets = 0;
        return true;
    }
}
