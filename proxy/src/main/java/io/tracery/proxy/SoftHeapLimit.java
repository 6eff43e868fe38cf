package io.tracery.proxy;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import org.jspecify.annotations.Nullable;

/**
 * Keeps garbage from growing the heap. The serial collector lets its old generation grow to the most that is allowed before
 * it looks for garbage there; what is allowed is for many connections, and without them would be wasted. So it is made to look
 * once enough has come together since it did last.
 */
final class SoftHeapLimit implements Runnable {

    private static final long MEBIBYTE = 1 << 20;

    /** Below this nobody needs to look. */
    private static final long ALWAYS = 22 * MEBIBYTE;

    /** What may be garbage. */
    private static final long MOST_SINCE = 10 * MEBIBYTE;

    private final @Nullable MemoryPoolMXBean old;

    SoftHeapLimit() {
        old = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool ->
                        pool.getType() == MemoryType.HEAP && pool.getName().equals("Tenured Gen"))
                .findFirst()
                .orElse(null);
    }

    /** To be called about once a second. */
    @Override
    public void run() {
        MemoryPoolMXBean pool = old;
        MemoryUsage after = pool == null ? null : pool.getCollectionUsage();
        if (pool != null && after != null && exceeded(pool.getUsage().getUsed(), after.getUsed())) {
            System.gc();
        }
    }

    /**
     * @param used bytes of the old generation
     * @param live what of them was left when it was looked at last; 0 before that
     */
    static boolean exceeded(long used, long live) {
        return used > ALWAYS && used - live > MOST_SINCE;
    }
}
