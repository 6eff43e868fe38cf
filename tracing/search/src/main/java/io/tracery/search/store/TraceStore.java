package io.tracery.search.store;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Keeps spans and finds them again, as whole traces. One thread adds and commits; any number of threads read.
 *
 * <p>What was added is seen by readers within half a second (a second later while so much comes in that it would take a tenth of the time), and survives a crash from the next {@link #commit} on. Reads
 * see what was added and not yet deleted by the store's own limits of age and size. Every method but {@link #close}
 * throws {@link java.io.UncheckedIOException} when the disk fails; {@link #recover} then goes back to the last commit.
 */
public interface TraceStore extends TraceSource, AutoCloseable {

    /**
     * Adds the spans of a record: all of them, or none where it throws. A span that is added again is stored again, and left out when its trace is read.
     *
     * @param otlp a message {@code TracesData}
     * @param receivedMillis when the mesh received them, Unix milliseconds: what the limit of age is counted from
     * @throws InvalidProtocolBufferException when it is no such message
     */
    Added add(byte[] otlp, long receivedMillis) throws InvalidProtocolBufferException;

    /**
     * What became of the spans of a record.
     *
     * @param spans that were added
     * @param invalid those without a trace id of 16 bytes or a span id of 8, which nothing can find, and which were left out
     */
    record Added(int spans, int invalid) {}

    /** Makes everything added so far durable, together with how far its source was read: partition → next offset. */
    void commit(Map<Integer, Long> positions);

    /** The positions of the last commit; empty in a new store. */
    Map<Integer, Long> positions();

    /** Forgets what was added since the last commit, and works again after a failure. */
    void recover();

    /**
     * Trace ids with at least one span that meets all of the query, newest such span first, each once.
     *
     * @throws QueryTimeoutException when it takes too long
     */
    List<String> find(TraceQuery query);

    @Override
    default Iterator<Trace> search(TraceQuery query) {
        return find(query).stream().flatMap(id -> trace(id).stream()).iterator();
    }

    @Override
    void close();
}
