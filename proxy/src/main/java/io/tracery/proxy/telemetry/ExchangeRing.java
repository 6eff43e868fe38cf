package io.tracery.proxy.telemetry;

import io.tracery.proxy.exchange.Exchange;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Ended exchanges on their way from one event loop to the exporter: a bounded ring for one writer and one reader. An empty
 * slot is itself the sign that it may be written, a full one that it may be read, so that neither side reads the
 * other's position.
 */
final class ExchangeRing {

    private final AtomicReferenceArray<@Nullable Exchange> slots;
    private final int mask;

    /** Written by the event loop alone. */
    private int tail;

    /** Written by the exporter alone. */
    private int head;

    ExchangeRing(int capacity) {
        int size = Integer.highestOneBit(Math.max(2, capacity) - 1) << 1;
        this.slots = new AtomicReferenceArray<>(size);
        this.mask = size - 1;
    }

    int capacity() {
        return mask + 1;
    }

    /** False, and nothing kept, when the ring is full. Only for the event loop. */
    boolean offer(Exchange exchange) {
        int slot = tail & mask;
        if (slots.getAcquire(slot) != null) {
            return false;
        }
        slots.setRelease(slot, exchange);
        tail++;
        return true;
    }

    /** Null when the ring is empty. Only for the exporter. */
    @Nullable
    Exchange poll() {
        int slot = head & mask;
        Exchange exchange = slots.getAcquire(slot);
        if (exchange != null) {
            slots.setRelease(slot, null);
            head++;
        }
        return exchange;
    }
}
