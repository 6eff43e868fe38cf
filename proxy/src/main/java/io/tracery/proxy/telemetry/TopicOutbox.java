package io.tracery.proxy.telemetry;

import static java.util.Objects.requireNonNull;

import io.tracery.tracing.topic.Topic;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way to one topic: batches in order, a few of them kept while the transport cannot take them, every item accounted
 * for. Confined to the exporter, but for receipts, which come on any thread.
 */
final class TopicOutbox {

    private final Topic topic;
    private final byte[] key;
    private final Transport transport;
    private final Account account;
    private final int capacity;
    private final Consumer<byte[]> sent;
    private final Deque<Batch> pending = new ArrayDeque<>();
    private final AtomicBoolean lost = new AtomicBoolean();

    /** @param capacity batches that are kept while the transport cannot take them */
    TopicOutbox(Topic topic, byte[] key, Transport transport, Account account, int capacity) {
        this(topic, key, transport, account, capacity, batch -> {});
    }

    /** @param sent gets the bytes of each batch of which nobody has need any more */
    TopicOutbox(Topic topic, byte[] key, Transport transport, Account account, int capacity, Consumer<byte[]> sent) {
        this.topic = topic;
        this.key = key;
        this.transport = transport;
        this.account = account;
        this.capacity = capacity;
        this.sent = sent;
    }

    /**
     * Sends a batch after those that wait.
     *
     * @param items how many the batch holds, accepted by the account before
     */
    void send(byte[] value, int items) {
        pending.addLast(new Batch(value, items));
        flush();
        if (pending.size() > capacity) {
            drop(pending.removeFirst(), DropReason.UNREACHABLE);
        }
    }

    /** Tries again what waits; true when nothing waits any more. */
    boolean flush() {
        Batch batch = pending.peekFirst();
        while (batch != null) {
            if (!transport.send(topic, key, batch.value(), batch)) {
                return false;
            }
            sent.accept(batch.handedOver());
            pending.removeFirst();
            batch = pending.peekFirst();
        }
        return true;
    }

    /** Gives up what waits. */
    void dropPending(DropReason reason) {
        pending.forEach(batch -> drop(batch, reason));
        pending.clear();
    }

    /** True once after something was lost. */
    boolean takeLost() {
        return lost.compareAndSet(true, false);
    }

    private void drop(Batch batch, DropReason reason) {
        account.drop(reason, batch.items);
        lost.set(true);
    }

    /** A batch learns itself what became of it, which is long after the transport has its bytes: they are not kept till then. */
    private final class Batch implements Transport.Receipt {

        private byte @Nullable [] value;
        private final int items;

        Batch(byte[] value, int items) {
            this.value = value;
            this.items = items;
        }

        byte[] value() {
            return requireNonNull(value, "handed over before");
        }

        byte[] handedOver() {
            byte[] bytes = value();
            value = null;
            return bytes;
        }

        @Override
        public void settled(@Nullable DropReason reason) {
            if (reason == null) {
                account.export(items);
            } else {
                drop(this, reason);
            }
        }
    }
}
