package io.tracery.search.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.index.FilterLeafReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PointValues;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.search.IndexSearcher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes what is too old, and the oldest segments when there is too much. Nothing is rewritten: what is too old is not seen any
 * more at once, and its segment goes as a whole when all of it is. Only one thread calls it.
 */
final class Retention {

    private static final Logger log = LoggerFactory.getLogger(Retention.class);
    /** What is left after the size was passed; not all of it, so that a full store is not cut every minute. */
    private static final double REMAINING_SHARE = 0.9;

    private final StoreLimits limits;
    private final LongSupplier clockMillis;

    Retention(StoreLimits limits, LongSupplier clockMillis) {
        this.limits = limits;
        this.clockMillis = clockMillis;
    }

    private record Segment(long bytes, long newest) {}

    /** @param searcher sees what is to be counted */
    void enforce(IndexWriter writer, IndexSearcher searcher) throws IOException {
        long tooOld = clockMillis.getAsLong() - limits.retention().toMillis();
        long size = sizeOf(searcher.getIndexReader());
        long cut = size > limits.maxBytes() ? Math.max(tooOld, cutFor(size, searcher.getIndexReader())) : tooOld;
        if (searcher.count(LongPoint.newRangeQuery(Fields.RECEIVED, Long.MIN_VALUE, cut - 1)) == 0) {
            return;
        }
        if (cut > tooOld) {
            log.warn(
                    "the trace index takes {} MiB, its limit is {} MiB: the oldest spans are deleted before their time;"
                            + " raise maxBytes or lower retentionHours",
                    size >> 20,
                    limits.maxBytes() >> 20);
        }
        // Durable with the next commit, which is not ours to make: it would hold what was added since the last one as
        // well, and that would be read from Kafka once more.
        writer.deleteDocuments(LongPoint.newRangeQuery(Fields.RECEIVED, Long.MIN_VALUE, cut - 1));
    }

    /** The time before which as many of the oldest segments end as must go. */
    private long cutFor(long size, IndexReader reader) throws IOException {
        List<Segment> segments = new ArrayList<>();
        for (LeafReaderContext leaf : reader.leaves()) {
            PointValues received = leaf.reader().getPointValues(Fields.RECEIVED);
            if (received != null) {
                long newest = LongPoint.decodeDimension(received.getMaxPackedValue(), 0);
                segments.add(new Segment(bytes(leaf), newest));
            }
        }
        segments.sort(Comparator.comparingLong(Segment::newest));
        long left = size;
        long cut = Long.MIN_VALUE;
        for (Segment segment : segments) {
            if (left <= REMAINING_SHARE * limits.maxBytes()) {
                break;
            }
            left -= segment.bytes;
            cut = segment.newest + 1;
        }
        return cut;
    }

    /** Bytes of the segments that a reader sees; what merges and older readers hold besides goes by itself. */
    static long sizeOf(IndexReader reader) throws IOException {
        long bytes = 0;
        for (LeafReaderContext leaf : reader.leaves()) {
            bytes += bytes(leaf);
        }
        return bytes;
    }

    private static long bytes(LeafReaderContext leaf) throws IOException {
        return ((SegmentReader) FilterLeafReader.unwrap(leaf.reader()))
                .getSegmentInfo()
                .sizeInBytes();
    }
}
