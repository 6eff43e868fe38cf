package io.tracery.topology.stream;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * One budget of native memory for the stores of all partitions. By default each would take 50 MiB of cache and up to
 * 48 MiB of write buffers for itself.
 */
public final class BoundedRocksDb implements RocksDBConfigSetter {

    /** Taken as it is needed: a small mesh has little to keep in it. */
    private static final long CACHE_BYTES = 128L << 20;

    /** Of the cache, for what every look-up needs: without it, each one reads and unpacks indexes once there are many series. */
    private static final double FOR_INDEXES = 0.4;

    private static final long WRITE_BUFFERS_BYTES = 32L << 20;
    private static final long WRITE_BUFFER_BYTES = 8L << 20;

    /** Keys are some hundred bytes long, so that an index over smaller blocks would be a tenth of the data. */
    private static final long BLOCK_BYTES = 16L << 10;

    static {
        RocksDB.loadLibrary();
    }

    private static final Cache CACHE = new LRUCache(CACHE_BYTES, -1, false, FOR_INDEXES);
    private static final WriteBufferManager WRITE_BUFFERS = new WriteBufferManager(WRITE_BUFFERS_BYTES, CACHE);

    @Override
    public void setConfig(String storeName, Options options, Map<String, Object> configs) {
        if (options.tableFormatConfig() instanceof BlockBasedTableConfig table) {
            table.setBlockCache(CACHE);
            table.setBlockSize(BLOCK_BYTES);
            table.setCacheIndexAndFilterBlocks(true);
            table.setCacheIndexAndFilterBlocksWithHighPriority(true);
            table.setPinL0FilterAndIndexBlocksInCache(true);
            options.setTableFormatConfig(table);
        }
        // Windows repeat names and identities thousands of times.
        options.setCompressionType(CompressionType.LZ4_COMPRESSION);
        options.setWriteBufferManager(WRITE_BUFFERS);
        options.setWriteBufferSize(WRITE_BUFFER_BYTES);
        options.setMaxWriteBufferNumber(2);
    }

    @Override
    public void close(String storeName, Options options) {
        // Cache and write buffers are shared by all stores and live as long as the process.
    }
}
