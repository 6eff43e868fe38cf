package io.tracery.topology.stream;

import io.tracery.topology.graph.EdgeKey;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * A store that can lose its newest writes, as a changelog does when its writer is killed: what was written since the last
 * commit is there up to some write, and nothing after it.
 */
final class MemoryStore implements KeyValueStore<String, byte[]> {

    private final TreeMap<String, byte[]> entries = new TreeMap<>();
    private final List<Runnable> uncommitted = new ArrayList<>();

    void commitAll() {
        uncommitted.clear();
    }

    int uncommittedWrites() {
        return uncommitted.size();
    }

    /** Takes back all uncommitted writes but the first few. */
    void crash(int survivors) {
        uncommitted.subList(survivors, uncommitted.size()).reversed().forEach(Runnable::run);
        uncommitted.clear();
    }

    Set<EdgeKey> edges() {
        return entries.keySet().stream()
                .map(key -> SeriesKey.parse(key).labels().edge())
                .collect(Collectors.toSet());
    }

    int size() {
        return entries.size();
    }

    @Override
    public void put(String key, byte @Nullable [] value) {
        byte[] before = entries.get(key);
        uncommitted.add(() -> restore(key, before));
        if (value == null) {
            entries.remove(key);
        } else {
            entries.put(key, value);
        }
    }

    private void restore(String key, byte @Nullable [] before) {
        if (before == null) {
            entries.remove(key);
        } else {
            entries.put(key, before);
        }
    }

    @Override
    public byte @Nullable [] delete(String key) {
        byte[] before = entries.get(key);
        put(key, null);
        return before;
    }

    @Override
    public byte @Nullable [] get(String key) {
        return entries.get(key);
    }

    @Override
    public KeyValueIterator<String, byte[]> range(@Nullable String from, @Nullable String to) {
        NavigableMap<String, byte[]> tail = from == null ? entries : entries.tailMap(from, true);
        return iterate(to == null ? tail : tail.headMap(to, true));
    }

    @Override
    public KeyValueIterator<String, byte[]> all() {
        return iterate(entries);
    }

    /** Over a copy, as RocksDB iterates over a snapshot. */
    private static KeyValueIterator<String, byte[]> iterate(Map<String, byte[]> map) {
        Iterator<Map.Entry<String, byte[]>> iterator = new ArrayList<>(new TreeMap<>(map).entrySet()).iterator();
        return new KeyValueIterator<>() {
            @Override
            public void close() {
                // Nothing is held.
            }

            @Override
            public String peekNextKey() {
                throw new UnsupportedOperationException();
            }

            @Override
            public boolean hasNext() {
                return iterator.hasNext();
            }

            @Override
            public KeyValue<String, byte[]> next() {
                Map.Entry<String, byte[]> entry = iterator.next();
                return new KeyValue<>(entry.getKey(), entry.getValue());
            }
        };
    }

    @Override
    public byte @Nullable [] putIfAbsent(String key, byte[] value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void putAll(List<KeyValue<String, byte[]>> list) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long approximateNumEntries() {
        return entries.size();
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        // Nothing is held.
    }

    @Override
    public boolean persistent() {
        return false;
    }

    @Override
    public boolean isOpen() {
        return true;
    }
}
