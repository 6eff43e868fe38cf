package io.tracery.proxy.telemetry;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Where every item of one signal went: accepted = exported + dropped + queued, whenever nothing moves. Any thread may
 * write and read.
 */
final class Account {

    private final String signal;
    private final LongAdder accepted = new LongAdder();
    private final LongAdder exported = new LongAdder();
    private final Map<DropReason, LongAdder> dropped = new EnumMap<>(DropReason.class);

    /** @param signal what is counted, for example {@code spans} */
    Account(String signal) {
        this.signal = signal;
        for (DropReason reason : DropReason.values()) {
            dropped.put(reason, new LongAdder());
        }
    }

    String signal() {
        return signal;
    }

    /** Items came in and wait. */
    void accept(long items) {
        accepted.add(items);
    }

    /** Items that waited are where they should be. */
    void export(long items) {
        exported.add(items);
    }

    /** Items that waited are lost. */
    void drop(DropReason reason, long items) {
        adder(reason).add(items);
    }

    /** Items came in and were lost at once. */
    void refuse(DropReason reason, long items) {
        accepted.add(items);
        adder(reason).add(items);
    }

    long accepted() {
        return accepted.sum();
    }

    long exported() {
        return exported.sum();
    }

    /** What is neither exported nor dropped: reckoned, so that an exchange pays for one count only. */
    long queued() {
        long settled = exported() + dropped();
        return accepted() - settled;
    }

    long dropped(DropReason reason) {
        return adder(reason).sum();
    }

    long dropped() {
        return dropped.values().stream().mapToLong(LongAdder::sum).sum();
    }

    private LongAdder adder(DropReason reason) {
        LongAdder adder = dropped.get(reason);
        if (adder == null) {
            throw new AssertionError(reason);
        }
        return adder;
    }
}
