package io.tracery.search.store;

import io.opentelemetry.proto.trace.v1.Span;
import org.apache.lucene.util.BytesRef;

/**
 * What a span did, as one term: who, what, of which kind, whether it failed, and about how long it took. How often it stands in a
 * fragment is counted with it. From these terms come lists of services and operations, searches by duration, and rates over time.
 *
 * @param service as {@link Fields#term}
 * @param operation likewise
 * @param bucket of the duration, see {@link #bucket}
 */
record CallTerm(String service, String operation, Kind kind, boolean failed, int bucket) {

    private static final char SEPARATOR = '\0';
    private static final char FIRST_BUCKET = ' ';
    private static final int BUCKETS_PER_DOUBLING = 8;
    static final int MOST_BUCKETS = 8 * 40;
    private static final long LEAST_NANOS = 1_000;

    static CallTerm of(SpanEntry entry, String service) {
        Span span = entry.span();
        return new CallTerm(
                Fields.term(service),
                Fields.term(span.getName()),
                Kind.of(span),
                entry.failed(),
                bucket(entry.durationNanos()));
    }

    static String prefix(String service) {
        return Fields.term(service) + SEPARATOR;
    }

    static String prefix(String service, String operation) {
        return prefix(service) + Fields.term(operation) + SEPARATOR;
    }

    BytesRef term() {
        return new BytesRef(service
                + SEPARATOR
                + operation
                + SEPARATOR
                + kind.code()
                + (failed ? 'e' : 'o')
                + (char) (FIRST_BUCKET + bucket));
    }

    static CallTerm parse(String term) {
        int second = term.length() - 4;
        int first = term.indexOf(SEPARATOR);
        return new CallTerm(
                term.substring(0, first),
                term.substring(first + 1, second),
                Kind.coded(term.charAt(second + 1)),
                term.charAt(second + 2) == 'e',
                term.charAt(second + 3) - FIRST_BUCKET);
    }

    /** Durations in steps of an eighth of a doubling; 0 is below a microsecond. */
    static int bucket(long nanos) {
        if (nanos < LEAST_NANOS) {
            return 0;
        }
        double doublings = Math.log((double) nanos / LEAST_NANOS) / Math.log(2);
        return Math.min(MOST_BUCKETS, 1 + (int) (doublings * BUCKETS_PER_DOUBLING));
    }

    /** The least duration of a bucket, nanoseconds. */
    static double least(int bucket) {
        return bucket == 0 ? 0 : LEAST_NANOS * Math.pow(2, (bucket - 1.0) / BUCKETS_PER_DOUBLING);
    }

    /** True when a span in this bucket may have a duration in the range; who looks at the span knows. */
    boolean mayLast(TraceQuery.Range duration) {
        return (duration.least() <= 0 || bucket >= bucket(duration.least()))
                && (duration.most() == Long.MAX_VALUE || bucket <= bucket(Math.max(0, duration.most())));
    }
}
