package io.tracery.search.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LogByteSizeMergePolicy;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.store.FSDirectory;

/** An open Lucene index: its folder, its one writer, and the searchers that see what was written. */
final class LuceneIndex implements Closeable {

    private static final String POSITION_PREFIX = "position.";
    private static final double RAM_BUFFER_MIB = 32;
    /** Larger segments are not merged, so that old ones age alone and are dropped whole. */
    private static final double LARGEST_SEGMENT_MIB = 512;

    private final FSDirectory directory;
    private final ConcurrentMergeScheduler merges;
    private final IndexWriter writer;
    private final SearcherManager searchers;

    private LuceneIndex(
            FSDirectory directory, ConcurrentMergeScheduler merges, IndexWriter writer, SearcherManager searchers) {
        this.directory = directory;
        this.merges = merges;
        this.writer = writer;
        this.searchers = searchers;
    }

    /** Opens the last commit in a folder, or a new index. */
    static LuceneIndex open(Path folder) throws IOException {
        FSDirectory directory = FSDirectory.open(Files.createDirectories(folder));
        try {
            ConcurrentMergeScheduler merges = new ConcurrentMergeScheduler();
            IndexWriter writer = new IndexWriter(directory, writerConfig(merges));
            try {
                return new LuceneIndex(directory, merges, writer, new SearcherManager(writer, null));
            } catch (IOException | RuntimeException e) {
                writer.rollback();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw new IOException(
                    "the trace index in " + folder + " cannot be opened: " + e.getMessage()
                            + "; end the other process that uses it, or, if it is damaged, move the folder away:"
                            + " it fills again from Kafka",
                    e);
        }
    }

    private static IndexWriterConfig writerConfig(ConcurrentMergeScheduler merges) {
        // Merges neighbours only, so that documents stay in the order of their arrival.
        LogByteSizeMergePolicy inOrder = new LogByteSizeMergePolicy();
        inOrder.setMaxMergeMB(LARGEST_SEGMENT_MIB);
        return new IndexWriterConfig()
                .setOpenMode(IndexWriterConfig.OpenMode.CREATE_OR_APPEND)
                .setRAMBufferSizeMB(RAM_BUFFER_MIB)
                .setMergePolicy(inOrder)
                .setMergeScheduler(merges)
                // The store decides what is durable, and says how far its source was read; closing must not.
                .setCommitOnClose(false);
    }

    IndexWriter writer() {
        return writer;
    }

    void awaitMerges() {
        merges.sync();
    }

    void refresh() throws IOException {
        searchers.maybeRefreshBlocking();
    }

    void commit(Map<Integer, Long> positions) throws IOException {
        Map<String, String> data = new HashMap<>();
        positions.forEach((partition, offset) -> data.put(POSITION_PREFIX + partition, String.valueOf(offset)));
        writer.setLiveCommitData(data.entrySet());
        writer.commit();
    }

    Map<Integer, Long> positions() {
        Map<Integer, Long> positions = new HashMap<>();
        Iterable<Map.Entry<String, String>> data = writer.getLiveCommitData();
        if (data != null) {
            for (Map.Entry<String, String> entry : data) {
                positions.put(
                        Integer.valueOf(entry.getKey().substring(POSITION_PREFIX.length())),
                        Long.valueOf(entry.getValue()));
            }
        }
        return positions;
    }

    /** Reads with a searcher that stays the same during the read. */
    <T> T read(Read<T> read) throws IOException {
        IndexSearcher searcher = searchers.acquire();
        try {
            return read.from(searcher);
        } finally {
            searchers.release(searcher);
        }
    }

    /** Something that is read from one searcher. */
    interface Read<T> {
        T from(IndexSearcher searcher) throws IOException;
    }

    /** Forgets what was not committed. */
    @Override
    public void close() throws IOException {
        searchers.close();
        writer.rollback();
        directory.close();
    }
}
