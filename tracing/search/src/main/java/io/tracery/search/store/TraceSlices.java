package io.tracery.search.store;

import io.tracery.tracing.otlp.Slices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Where the spans of one trace stand in a record, and who tells of each. */
final class TraceSlices {

    private final byte[] traceId;
    private final Slices spans = new Slices();
    private final List<Origin> origins = new ArrayList<>();
    private long[] ids = new long[32];

    TraceSlices(byte[] traceId) {
        this.traceId = traceId;
    }

    boolean is(byte[] bytes, int from, int length) {
        return Arrays.equals(traceId, 0, traceId.length, bytes, from, from + length);
    }

    void add(long spanId, int from, int length, Origin origin) {
        if (spans.count() == ids.length) {
            ids = Arrays.copyOf(ids, 2 * ids.length);
        }
        ids[spans.count()] = spanId;
        spans.add(from, length);
        origins.add(origin);
    }

    byte[] traceId() {
        return traceId;
    }

    int count() {
        return spans.count();
    }

    long id(int place) {
        return ids[place];
    }

    int from(int place) {
        return spans.from(place);
    }

    int length(int place) {
        return spans.length(place);
    }

    Origin origin(int place) {
        return origins.get(place);
    }
}
