package io.tracery.load.search;

import com.google.protobuf.InvalidProtocolBufferException;
import io.tracery.search.store.TraceStore;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Fills a store as trace search does: each record is parsed and added, and every two seconds what was read is committed. A
 * thread of its own makes the records; what it costs is known and not charged to the store.
 */
final class Filling {

    private static final int QUEUE = 2_000;
    private static final long COMMIT_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final TraceStore store;
    private final StoredTraces traces;
    private final BlockingQueue<byte[]> records = new ArrayBlockingQueue<>(QUEUE);

    // Confined to the thread that fills.
    private long spans;
    private long bytes;
    private long offset;
    private long lastCommit = System.nanoTime();

    Filling(TraceStore store, StoredTraces traces) {
        this.store = store;
        this.traces = traces;
    }

    /** What was added, and the CPU time of those who made it. */
    record Cost(long spans, long bytes, long nanos, long makerCpuNanos) {}

    /** @param perSecond spans a second at most */
    Cost add(long wanted, long perSecond) throws InterruptedException, InvalidProtocolBufferException {
        long spansBefore = spans;
        long bytesBefore = bytes;
        long begun = System.nanoTime();
        long[] makerCpu = new long[1];
        Thread maker = Thread.ofPlatform().name("maker").daemon().start(() -> make(makerCpu));
        while (spans - spansBefore < wanted) {
            take(records.take());
            pace(begun, spans - spansBefore, perSecond);
        }
        maker.interrupt();
        maker.join();
        records.clear();
        commit();
        return new Cost(spans - spansBefore, bytes - bytesBefore, System.nanoTime() - begun, makerCpu[0]);
    }

    private static void pace(long begun, long done, long perSecond) throws InterruptedException {
        long ahead = begun + TimeUnit.SECONDS.toNanos(done) / perSecond - System.nanoTime();
        if (ahead > 0) {
            TimeUnit.NANOSECONDS.sleep(ahead);
        }
    }

    private void make(long[] cpu) {
        try {
            while (true) {
                long now = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
                records.put(traces.next(now).toByteArray());
            }
        } catch (InterruptedException e) {
            cpu[0] = THREADS.getCurrentThreadCpuTime();
        }
    }

    private void take(byte[] record) throws InvalidProtocolBufferException {
        spans += store.add(record, System.currentTimeMillis()).spans();
        bytes += record.length;
        offset++;
        if (System.nanoTime() - lastCommit > COMMIT_NANOS) {
            commit();
        }
    }

    private void commit() {
        lastCommit = System.nanoTime();
        store.commit(Map.of(0, offset));
    }
}
