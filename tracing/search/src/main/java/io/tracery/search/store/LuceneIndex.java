package io.tracery.search.store;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LogByteSizeMergePolicy;
import org.apache.lucene.index.PointValues;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.store.FSDirectory;

/** An open Lucene index: its folder, its one writer, and the searchers that see what was written. */
final class LuceneIndex implements Closeable {

    private static final String POSITION_PREFIX = "position.";
    private static final String FORMAT = "format";
    /** Changes whenever an index that is already written cannot be read any more. */
    private static final String CURRENT_FORMAT = "3";

    private static final double RAM_BUFFER_MIB = 32;
    /**
     * Larger segments are not merged: old ones age alone and are dropped whole, and a search for the newest reads few of
     * them.
     */
    private static final double LARGEST_SEGMENT_MIB = 96;
    /** Dropping one segment must not take more than such a share of what may be stored. */
    private static final double LARGEST_SHARE = 1.0 / 16;

    private static final Comparator<LeafReader> NEWEST_FIRST =
            Comparator.comparingLong(LuceneIndex::newest).reversed();

    private final FSDirectory directory;
    private final IndexWriter writer;
    private final SearcherManager searchers;

    private LuceneIndex(FSDirectory directory, IndexWriter writer, SearcherManager searchers) {
        this.directory = directory;
        this.writer = writer;
        this.searchers = searchers;
    }

    /** Opens the last commit in a folder, or a new index. */
    static LuceneIndex open(Path folder, long maxBytes) throws IOException {
        FSDirectory directory = FSDirectory.open(Files.createDirectories(folder));
        try {
            requireFormat(directory);
            ConcurrentMergeScheduler merges = new ConcurrentMergeScheduler();
            IndexWriter writer = new IndexWriter(directory, writerConfig(merges, maxBytes));
            try {
                if (writer.getLiveCommitData() == null) {
                    writer.setLiveCommitData(Map.of(FORMAT, CURRENT_FORMAT).entrySet());
                }
                return new LuceneIndex(directory, writer, new SearcherManager(writer, null));
            } catch (IOException | RuntimeException e) {
                writer.rollback();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw new IOException(
                    "the trace index in " + folder + " cannot be opened: " + e.getMessage()
                            + "; end the other process that uses it, or, if it is damaged or of another version, move the folder away:"
                            + " it fills again from Kafka",
                    e);
        }
    }

    private static void requireFormat(FSDirectory directory) throws IOException {
        if (!DirectoryReader.indexExists(directory)) {
            return;
        }
        String format = SegmentInfos.readLatestCommit(directory).getUserData().getOrDefault(FORMAT, "1");
        if (!format.equals(CURRENT_FORMAT)) {
            throw new IOException("it was written in format " + format + ", and this version reads " + CURRENT_FORMAT);
        }
    }

    private static IndexWriterConfig writerConfig(ConcurrentMergeScheduler merges, long maxBytes) {
        // Merges neighbours only, so that documents stay in the order of their arrival.
        LogByteSizeMergePolicy inOrder = new LogByteSizeMergePolicy();
        inOrder.setMaxMergeMB(Math.min(LARGEST_SEGMENT_MIB, LARGEST_SHARE * maxBytes / (1 << 20)));
        // Compound files would be written twice, and a segment has few files.
        inOrder.setNoCFSRatio(0);
        return new IndexWriterConfig()
                .setOpenMode(IndexWriterConfig.OpenMode.CREATE_OR_APPEND)
                .setRAMBufferSizeMB(RAM_BUFFER_MIB)
                .setMergePolicy(inOrder)
                .setMergeScheduler(merges)
                .setUseCompoundFile(false)
                // Newest first: who looks for the newest spans can leave out the rest.
                .setLeafSorter(NEWEST_FIRST)
                // The store decides what is durable, and says how far its source was read; closing must not.
                .setCommitOnClose(false);
    }

    IndexWriter writer() {
        return writer;
    }

    private static long newest(LeafReader segment) {
        try {
            PointValues last = segment.getPointValues(Fields.LAST);
            return last == null ? Long.MIN_VALUE : LongPoint.decodeDimension(last.getMaxPackedValue(), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void refresh() throws IOException {
        searchers.maybeRefreshBlocking();
    }

    /** Does nothing where nothing was added or deleted and nothing read. */
    void commit(Map<Integer, Long> positions) throws IOException {
        if (!writer.hasUncommittedChanges() && positions.equals(positions())) {
            return;
        }
        Map<String, String> data = new HashMap<>(Map.of(FORMAT, CURRENT_FORMAT));
        positions.forEach((partition, offset) -> data.put(POSITION_PREFIX + partition, String.valueOf(offset)));
        writer.setLiveCommitData(data.entrySet());
        writer.commit();
    }

    Map<Integer, Long> positions() {
        Map<Integer, Long> positions = new HashMap<>();
        Iterable<Map.Entry<String, String>> data = writer.getLiveCommitData();
        if (data != null) {
            for (Map.Entry<String, String> entry : data) {
                if (entry.getKey().startsWith(POSITION_PREFIX)) {
                    positions.put(
                            Integer.valueOf(entry.getKey().substring(POSITION_PREFIX.length())),
                            Long.valueOf(entry.getValue()));
                }
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
