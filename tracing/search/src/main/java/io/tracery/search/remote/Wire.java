package io.tracery.search.remote;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.Status;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.tracery.search.protocol.KeyValue;
import io.tracery.search.protocol.TraceQueryParameters;
import io.tracery.search.store.AttributeText;
import io.tracery.search.store.TraceQuery;
import io.tracery.search.store.TraceQuery.Range;
import java.util.HashMap;
import java.util.Map;

/** Between Jaeger's messages and what a store is asked. */
final class Wire {

    private static final int FILTER = 9;
    private static final int PAGINATION = 10;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private Wire() {}

    static TraceQuery query(TraceQueryParameters asked) {
        UnknownFieldSet unknown = asked.getUnknownFields();
        if (unknown.hasField(FILTER)) {
            throw Status.INVALID_ARGUMENT
                    .withDescription("structured filters are not supported; use attributes, which take equality only")
                    .asRuntimeException();
        }
        if (unknown.hasField(PAGINATION)) {
            throw Status.INVALID_ARGUMENT
                    .withDescription("pages are not supported; use search_depth")
                    .asRuntimeException();
        }
        Map<String, String> tags = new HashMap<>();
        for (KeyValue attribute : asked.getAttributesList()) {
            tags.put(attribute.getKey(), text(attribute));
        }
        Range started = new Range(
                asked.hasStartTimeMin() ? nanos(asked.getStartTimeMin()) : Long.MIN_VALUE,
                asked.hasStartTimeMax() ? nanos(asked.getStartTimeMax()) : Long.MAX_VALUE);
        // Jaeger sends a duration of zero where none is asked for.
        long least = nanos(asked.getDurationMin());
        long most = nanos(asked.getDurationMax());
        int depth = asked.getSearchDepth();
        return new TraceQuery(
                asked.getServiceName(),
                asked.getOperationName(),
                tags,
                started,
                new Range(least == 0 ? Long.MIN_VALUE : least, most == 0 ? Long.MAX_VALUE : most),
                depth <= 0 ? TraceQuery.USUAL_TRACES : Math.min(depth, TraceQuery.MOST_TRACES));
    }

    /** The same bytes as OTLP's value, under another name. */
    private static String text(KeyValue attribute) {
        try {
            return AttributeText.of(AnyValue.parseFrom(attribute.getValue().toByteString()));
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw Status.INVALID_ARGUMENT
                    .withDescription("the value of attribute " + attribute.getKey() + " cannot be read")
                    .withCause(e)
                    .asRuntimeException();
        }
    }

    static long nanos(Timestamp time) {
        return nanos(time.getSeconds(), time.getNanos());
    }

    static long nanos(Duration duration) {
        return nanos(duration.getSeconds(), duration.getNanos());
    }

    /** What does not fit ends at the largest number, which is beyond every span. */
    private static long nanos(long seconds, int nanos) {
        long most = Long.MAX_VALUE / NANOS_PER_SECOND - 1;
        if (seconds > most || seconds < -most) {
            return seconds > 0 ? Long.MAX_VALUE : Long.MIN_VALUE;
        }
        return seconds * NANOS_PER_SECOND + nanos;
    }

    static Duration duration(long nanos) {
        return Duration.newBuilder()
                .setSeconds(nanos / NANOS_PER_SECOND)
                .setNanos((int) (nanos % NANOS_PER_SECOND))
                .build();
    }

    static Timestamp timestamp(long nanos) {
        return Timestamp.newBuilder()
                .setSeconds(Math.floorDiv(nanos, NANOS_PER_SECOND))
                .setNanos((int) Math.floorMod(nanos, NANOS_PER_SECOND))
                .build();
    }
}
