package io.tracery.search.store;

import org.apache.lucene.util.BytesRef;

/**
 * Spans of one trace that came together: what is stored of them, and what they are found by.
 *
 * @param calls {@link CallTerm}s, as often as there are such spans
 * @param tags of {@link SpanTags}
 * @param edges caller's and called service, as often as one called the other
 * @param first when the first of the spans began, Unix nanoseconds
 * @param last when the last of them began
 * @param columns what {@link FragmentReader} reads
 */
record Fragment(
        BytesRef traceId,
        Terms services,
        Terms calls,
        Terms tags,
        Terms edges,
        long first,
        long last,
        int spans,
        Column columns) {}
