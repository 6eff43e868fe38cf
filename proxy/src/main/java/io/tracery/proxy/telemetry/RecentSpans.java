package io.tracery.proxy.telemetry;

import com.google.protobuf.ByteString;
import io.tracery.tracing.otlp.TracesEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The last exchanges, as the bytes of their spans: nothing but one array, so that remembering costs a copy and no garbage, and
 * whoever asks decodes. What comes too fast for anyone to read it is passed over. One thread writes, any may read.
 */
final class RecentSpans {

    private static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(Tap.LOOK_AGAIN_MILLIS);

    /** Who has asked within two seconds will ask again. */
    private static final int WINDOWS_READ = (int) (TimeUnit.SECONDS.toNanos(2) / WINDOW_NANOS);

    /** While nobody reads, no more is remembered in a window than this part: enough for who looks first, little to copy. */
    private static final int UNREAD_PART = 8;

    private final byte[] bytes;
    private final long[] numbers;
    private final int[] offsets;
    private final int[] lengths;

    /** Slots are numbered from 0; those from here on hold an exchange each. */
    private long first;

    private long next;
    private int tail;

    private long exchanges;

    private volatile boolean asked;

    // What may be remembered before the window ends: more would overwrite what no reader has seen. The writer's.
    private long windowStart;
    private int allowance;

    /** In so many windows more is somebody expected to ask. The writer's. */
    private int windowsRead;

    /** Exchanges passed over since the last one that was remembered, or counted for who asks. The writer's. */
    private int passedOver;

    /**
     * One exchange.
     *
     * @param number counts from 0
     * @param spans an OTLP {@code ScopeSpans} without a scope: its own span, then those of its attempts
     */
    record Remembered(long number, ByteString spans) {}

    /**
     * @param capacityBytes of all that is remembered
     * @param most exchanges, a power of two
     * @param nowNanos of the clock of {@link #tick}
     */
    RecentSpans(int capacityBytes, int most, long nowNanos) {
        if (Integer.bitCount(most) != 1) {
            throw new IllegalArgumentException("how many are remembered must be a power of two, not " + most);
        }
        this.bytes = new byte[capacityBytes];
        this.allowance = capacityBytes;
        this.windowStart = nowNanos;
        this.numbers = new long[most];
        this.offsets = new int[most];
        this.lengths = new int[most];
    }

    /** To be called often, by who writes. */
    void tick(long nowNanos) {
        if (nowNanos - windowStart >= WINDOW_NANOS) {
            windowStart = nowNanos;
            if (asked) {
                asked = false;
                windowsRead = WINDOWS_READ;
            }
            allowance = windowsRead > 0 ? bytes.length : bytes.length / UNREAD_PART;
            windowsRead = Math.max(0, windowsRead - 1);
            countPassedOver();
        }
    }

    /** Counts an exchange, and remembers what was encoded of it since a mark; not what is larger than all there is room for. */
    void add(TracesEncoder encoder, int mark) {
        int length = encoder.size() - mark;
        if (length > allowance) {
            passedOver++;
        } else {
            countPassedOver();
            allowance -= length;
            remember(encoder, mark, length);
        }
    }

    private void countPassedOver() {
        if (passedOver > 0) {
            pass(passedOver);
            passedOver = 0;
        }
    }

    private synchronized void pass(int more) {
        exchanges += more;
    }

    private synchronized void remember(TracesEncoder encoder, int mark, int length) {
        if (tail + length > bytes.length) {
            // What stands behind is older than all that stands before.
            while (first < next && offset(first) >= tail) {
                first++;
            }
            tail = 0;
        }
        while (first < next && (next - first == offsets.length || overlaps(first, length))) {
            first++;
        }
        encoder.copySince(mark, bytes, tail);
        offsets[index(next)] = tail;
        lengths[index(next)] = length;
        numbers[index(next)] = exchanges++;
        tail += length;
        next++;
    }

    private boolean overlaps(long slot, int length) {
        int offset = offset(slot);
        return offset < tail + length && tail < offset + lengths[index(slot)];
    }

    private int offset(long slot) {
        return offsets[index(slot)];
    }

    private int index(long slot) {
        return (int) slot & (offsets.length - 1);
    }

    /** Those that are remembered from a number on, the oldest first, and no more of them than are wanted. */
    synchronized List<Remembered> from(long number, int most) {
        asked = true;
        List<Remembered> found = new ArrayList<>();
        for (long slot = first; slot < next && found.size() < most; slot++) {
            if (numbers[index(slot)] >= number) {
                ByteString spans = ByteString.copyFrom(bytes, offset(slot), lengths[index(slot)]);
                found.add(new Remembered(numbers[index(slot)], spans));
            }
        }
        return found;
    }

    /** The number that the next exchange will have, as of the last {@link #tick} or of the last that was remembered. */
    synchronized long next() {
        return exchanges;
    }
}
