package io.tracery.proxy.http2;

/** The numbers of RFC 9113 section 6. */
final class Frame {

    static final int HEADER_BYTES = 9;

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PUSH_PROMISE = 5;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 0x1;
    static final int ACK = 0x1;
    static final int END_HEADERS = 0x4;
    static final int PADDED = 0x8;
    static final int WITH_PRIORITY = 0x20;

    /** The largest payload that everybody takes; we ask for no more. */
    static final int USUAL_BYTES = 16 * 1024;

    static final int LARGEST_BYTES = (1 << 24) - 1;
    static final int USUAL_WINDOW = (1 << 16) - 1;
    static final int LARGEST_ID = Integer.MAX_VALUE;

    private Frame() {}
}
