package io.tracery.search.store;

import io.opentelemetry.proto.trace.v1.Status;
import java.nio.charset.StandardCharsets;

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
    /** In UTF-8. */
    private static final int FIRST_OF_TWO_BYTES = 0x80;

    private static final int BUCKETS_PER_DOUBLING = 8;
    static final int MOST_BUCKETS = 8 * 40;
    private static final long LEAST_NANOS = 1_000;

    /** Adds the term of a span. */
    static void write(Terms terms, Origin origin, byte[] bytes, SpanFields span) {
        terms.write(origin.serviceTerm()).write(SEPARATOR);
        if (span.nameLength() <= Fields.MAX_TERM_BYTES) {
            terms.write(bytes, span.nameFrom(), span.nameLength());
        } else {
            String name = new String(bytes, span.nameFrom(), span.nameLength(), StandardCharsets.UTF_8);
            terms.write(Terms.utf8(Fields.term(name)));
        }
        terms.write(SEPARATOR)
                .write(Kind.numbered(span.kind()).code())
                .write(span.code() == Status.StatusCode.STATUS_CODE_ERROR_VALUE ? 'e' : 'o');
        int bucket = FIRST_BUCKET + bucket(span.end() - span.start());
        if (bucket < FIRST_OF_TWO_BYTES) {
            terms.write(bucket);
        } else {
            terms.write(0xC0 | (bucket >> 6)).write(0x80 | (bucket & 0x3F));
        }
        terms.end();
    }

    static String prefix(String service) {
        return Fields.term(service) + SEPARATOR;
    }

    static String prefix(String service, String operation) {
        return prefix(service) + Fields.term(operation) + SEPARATOR;
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
