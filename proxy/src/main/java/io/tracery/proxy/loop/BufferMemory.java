package io.tracery.proxy.loop;

import io.netty.buffer.PooledByteBufAllocator;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the buffers of all traffic take, against what they may: each exchange and connection has a bound of its own, this one
 * is for their sum. Any thread.
 */
public final class BufferMemory {

    /** Of every connection of the data path: it counts what its buffers take that are in use. */
    public static final PooledByteBufAllocator ALLOCATOR = PooledByteBufAllocator.DEFAULT;

    private final Overload bounds;
    private final LongAdder shed = new LongAdder();
    private final LongAdder dropped = new LongAdder();

    private volatile long held;
    private volatile boolean high;

    public BufferMemory(Overload bounds) {
        this.bounds = bounds;
    }

    /** Looks how much it is now; several times a second. */
    void look() {
        held = ALLOCATOR.pinnedDirectMemory();
        high = held >= (high ? bounds.enoughBytes() : bounds.shedBytes());
    }

    /** So much is held that nothing new should begin. */
    public boolean high() {
        return high;
    }

    /** So much is held that what is there must go. */
    public boolean full() {
        return held >= bounds.dropBytes();
    }

    public void shedOne() {
        shed.increment();
    }

    void droppedOne() {
        dropped.increment();
    }

    /** Requests refused because too much was held. */
    public long shed() {
        return shed.sum();
    }

    /** Exchanges and connections ended because they were slow while too much was held. */
    public long dropped() {
        return dropped.sum();
    }

    /** Bytes of all buffers in use, at the last look. */
    public long held() {
        return held;
    }

    public Overload bounds() {
        return bounds;
    }
}
