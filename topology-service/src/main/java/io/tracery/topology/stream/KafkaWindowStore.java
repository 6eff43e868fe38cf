package io.tracery.topology.stream;

import io.tracery.topology.history.WindowStore;
import java.util.Arrays;
import java.util.function.BiPredicate;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** Windows in a store of the stream: RocksDB on disk, with a changelog from which another instance can take over. */
final class KafkaWindowStore implements WindowStore {

    static final String NAME = "history";

    private final KeyValueStore<Bytes, byte[]> store;

    KafkaWindowStore(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        return store.get(Bytes.wrap(key));
    }

    @Override
    public void put(byte[] key, byte[] value) {
        store.put(Bytes.wrap(key), value);
    }

    @Override
    public void delete(byte[] key) {
        store.delete(Bytes.wrap(key));
    }

    @Override
    public void visit(byte[] from, byte[] to, BiPredicate<byte[], byte[]> visitor) {
        try (KeyValueIterator<Bytes, byte[]> entries = store.range(Bytes.wrap(from), Bytes.wrap(to))) {
            while (entries.hasNext()) {
                KeyValue<Bytes, byte[]> entry = entries.next();
                // The store's range includes its end, ours does not.
                if (Arrays.equals(entry.key.get(), to) || !visitor.test(entry.key.get(), entry.value)) {
                    return;
                }
            }
        }
    }
}
