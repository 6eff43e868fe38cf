package io.tracery.pipeline.stream;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * One bound on memory for all stores of the process, where each segment of each store of each partition would otherwise have
 * bounds of its own: 50 MiB to read and 48 to write. Made by Kafka Streams, by name.
 */
public final class BoundedRocksDb implements RocksDBConfigSetter {

    private static final long MEBIBYTE = 1024 * 1024;
    private static final long BYTES = 96 * MEBIBYTE;
    private static final long WRITE_BYTES = 48 * MEBIBYTE;
    private static final long WRITE_BUFFER_BYTES = 4 * MEBIBYTE;

    static {
        RocksDB.loadLibrary();
    }

    private static final Cache CACHE = new LRUCache(BYTES);
    private static final WriteBufferManager WRITES = new WriteBufferManager(WRITE_BYTES, CACHE);

    @Override
    public void setConfig(String store, Options options, Map<String, Object> configs) {
        if (options.tableFormatConfig() instanceof BlockBasedTableConfig table) {
            table.setBlockCache(CACHE);
            // Or every segment's filter stays in memory beside the bound.
            table.setCacheIndexAndFilterBlocks(true);
            options.setTableFormatConfig(table);
        }
        options.setWriteBufferManager(WRITES);
        options.setWriteBufferSize(WRITE_BUFFER_BYTES);
    }

    /** Cache and buffers outlive the stores. */
    @Override
    public void close(String store, Options options) {}
}
