package io.tracery.topology.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** Windows in memory. */
public final class MemoryWindows implements WindowStore {

    private final TreeMap<byte[], byte[]> entries = new TreeMap<>(Arrays::compareUnsigned);

    @Override
    public synchronized byte @Nullable [] get(byte[] key) {
        return entries.get(key);
    }

    @Override
    public synchronized void put(byte[] key, byte[] value) {
        entries.put(key, value);
    }

    @Override
    public synchronized void delete(byte[] key) {
        entries.remove(key);
    }

    @Override
    public void visit(byte[] from, byte[] to, BiPredicate<byte[], byte[]> visitor) {
        ArrayList<Map.Entry<byte[], byte[]>> range;
        synchronized (this) {
            range = new ArrayList<>(entries.subMap(from, to).entrySet());
        }
        for (Map.Entry<byte[], byte[]> entry : range) {
            if (!visitor.test(entry.getKey(), entry.getValue())) {
                return;
            }
        }
    }

    synchronized int size() {
        return entries.size();
    }
}
