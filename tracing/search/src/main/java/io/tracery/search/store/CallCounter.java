package io.tracery.search.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PointValues;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.SortedNumericDocValues;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.StringHelper;

/**
 * Counts calls over time from the index alone, without looking into a span: how often a term stands in a fragment is stored with it.
 * All spans of a fragment count for the time at which its last one began.
 */
final class CallCounter {

    /** Steps of all series of an answer together. */
    private static final int MOST_STEPS = 1_000_000;

    private CallCounter() {}

    /** Is told of a fragment that a term stands in. */
    private interface Use {
        void of(long lastStart, int times);
    }

    /** Decides what is done with a term's fragments. */
    private interface Choice {
        Use use(BytesRef term);
    }

    /** Calls between services by traces that began their last span in a range, most first. */
    static List<Dependency> dependencies(IndexReader reader, TraceQuery.Range started) throws IOException {
        Map<String, long[]> counts = new TreeMap<>();
        for (LeafReaderContext leaf : reader.leaves()) {
            count(leaf.reader(), Fields.EDGE, "", started, term -> {
                long[] count = counts.computeIfAbsent(term.utf8ToString(), unseen -> new long[1]);
                return (lastStart, times) -> count[0] += times;
            });
        }
        List<Dependency> dependencies = new ArrayList<>();
        counts.forEach((edge, count) -> {
            if (count[0] > 0) {
                int separator = edge.indexOf(Fields.SEPARATOR);
                dependencies.add(new Dependency(edge.substring(0, separator), edge.substring(separator + 1), count[0]));
            }
        });
        return dependencies;
    }

    /** What a service's spans of some kinds did, by span name as far as there is room; all under one empty name unless they are told apart. */
    static Map<String, CallSeries> series(
            IndexReader reader, String service, Set<Kind> kinds, Window window, boolean byOperation)
            throws IOException {
        Map<String, CallSeries> series = new TreeMap<>();
        TraceQuery.Range range =
                new TraceQuery.Range(window.start(), window.start() + window.steps() * window.stepNanos() - 1);
        for (LeafReaderContext leaf : reader.leaves()) {
            count(leaf.reader(), Fields.CALL, CallTerm.prefix(service), range, term -> {
                CallTerm call = CallTerm.parse(term.utf8ToString());
                if (!kinds.contains(call.kind())) {
                    return (lastStart, times) -> {};
                }
                String own = byOperation ? call.operation() : "";
                boolean room = series.containsKey(own) || (series.size() + 1) * window.steps() < MOST_STEPS;
                String name = room ? own : TraceSource.OTHER_OPERATIONS;
                CallSeries one = series.computeIfAbsent(name, unseen -> new CallSeries(window.steps()));
                return (lastStart, times) -> {
                    int step = window.step(lastStart);
                    if (step >= 0) {
                        one.add(step, call, times);
                    }
                };
            });
        }
        return series;
    }

    private static void count(LeafReader segment, String field, String prefix, TraceQuery.Range range, Choice choice)
            throws IOException {
        Terms terms = segment.terms(field);
        PointValues times = segment.getPointValues(Fields.LAST);
        if (terms == null
                || times == null
                || LongPoint.decodeDimension(times.getMaxPackedValue(), 0) < range.least()
                || LongPoint.decodeDimension(times.getMinPackedValue(), 0) > range.most()) {
            return;
        }
        Bits live = segment.getLiveDocs();
        TermsEnum at = terms.iterator();
        BytesRef first = new BytesRef(prefix);
        if (at.seekCeil(first) == TermsEnum.SeekStatus.END) {
            return;
        }
        PostingsEnum postings = null;
        for (BytesRef term = at.term(); term != null && StringHelper.startsWith(term, first); term = at.next()) {
            Use use = choice.use(term);
            postings = at.postings(postings, PostingsEnum.FREQS);
            SortedNumericDocValues last = DocValues.getSortedNumeric(segment, Fields.LAST);
            for (int doc = postings.nextDoc(); doc != PostingsEnum.NO_MORE_DOCS; doc = postings.nextDoc()) {
                if ((live == null || live.get(doc)) && last.advanceExact(doc)) {
                    long start = last.nextValue();
                    if (start >= range.least() && start <= range.most()) {
                        use.of(start, postings.freq());
                    }
                }
            }
        }
    }
}
