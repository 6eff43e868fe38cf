package io.tracery.search.store;

import java.io.IOException;
import java.util.function.LongSupplier;
import org.apache.lucene.document.LongField;
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

/** Deletes what is too old, and the oldest when there is too much. Only one thread calls it. */
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

    /** @param searcher sees what is to be counted */
    void enforce(IndexWriter writer, IndexSearcher searcher) throws IOException {
        long tooOld = clockMillis.getAsLong() - limits.retention().toMillis();
        long size = sizeOf(searcher.getIndexReader());
        long cut = size > limits.maxBytes() ? Math.max(tooOld, cutFor(size, searcher)) : tooOld;
        if (searcher.count(LongField.newRangeQuery(Fields.RECEIVED, Long.MIN_VALUE, cut - 1)) == 0) {
            return;
        }
        if (cut > tooOld) {
            log.warn(
                    "the trace index takes {} MiB, its limit is {} MiB: the oldest spans are deleted before their time;"
                            + " raise maxBytes or lower retentionHours",
                    size >> 20,
                    limits.maxBytes() >> 20);
        }
        writer.deleteDocuments(LongField.newRangeQuery(Fields.RECEIVED, Long.MIN_VALUE, cut - 1));
        // Segments hold neighbours in time (see the merge policy), so this rewrites the one at the cut and drops the
        // rest.
        writer.forceMergeDeletes(true);
        writer.commit();
    }

    /** The time below which as large a share of the spans was received as must go; by bisection, counting in the index. */
    private long cutFor(long size, IndexSearcher searcher) throws IOException {
        IndexReader reader = searcher.getIndexReader();
        byte[] least = PointValues.getMinPackedValue(reader, Fields.RECEIVED);
        byte[] most = PointValues.getMaxPackedValue(reader, Fields.RECEIVED);
        if (least == null || most == null) {
            return Long.MIN_VALUE;
        }
        double share = 1 - REMAINING_SHARE * limits.maxBytes() / size;
        long toDelete = (long) Math.ceil(share * reader.numDocs());
        long low = LongPoint.decodeDimension(least, 0);
        long high = LongPoint.decodeDimension(most, 0) + 1;
        while (low < high) {
            long middle = low + (high - low) / 2;
            if (searcher.count(LongField.newRangeQuery(Fields.RECEIVED, Long.MIN_VALUE, middle - 1)) < toDelete) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Bytes of the segments that a reader sees; what merges and older readers hold besides goes by itself. */
    static long sizeOf(IndexReader reader) throws IOException {
        long bytes = 0;
        for (LeafReaderContext leaf : reader.leaves()) {
            bytes += ((SegmentReader) FilterLeafReader.unwrap(leaf.reader()))
                    .getSegmentInfo()
                    .sizeInBytes();
        }
        return bytes;
    }
}
