package io.tracery.pipeline.stream;

import java.nio.ByteBuffer;

/**
 * Where a batch of spans lies in the store.
 *
 * @param atMillis when it came
 * @param number tells it from others that came in the same millisecond
 */
record Batch(long atMillis, int number) {

    static final int BYTES = Long.BYTES + Integer.BYTES;

    byte[] key() {
        return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    }
}
