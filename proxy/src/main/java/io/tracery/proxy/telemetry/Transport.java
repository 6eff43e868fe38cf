package io.tracery.proxy.telemetry;

import io.tracery.tracing.topic.Topic;
import org.jspecify.annotations.Nullable;

/** What carries records away. Used by the exporter thread alone; no method of it waits for the network. */
interface Transport extends AutoCloseable {

    /**
     * Hands a record over.
     *
     * @param value the caller's again when this returns, who may then write over it
     * @return false when it cannot be taken now but may be a little later; then the receipt is not called. True when it was
     *     taken; then the receipt is called exactly once, on any thread, possibly before this returns.
     */
    boolean send(Topic topic, byte[] key, byte[] value, Receipt receipt);

    /** Gives what was taken a short while to arrive, then calls the outstanding receipts and ends. */
    @Override
    void close();

    /** Learns what became of one record. */
    interface Receipt {

        /** @param lost why the record is lost, or null when it arrived */
        void settled(@Nullable DropReason lost);
    }
}
