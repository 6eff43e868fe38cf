package io.tracery.pipeline.otlp;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.List;

/**
 * What OTLP demands of ids: 16 bytes for a trace, 8 for a span, not all zero. A stock Collector refuses a whole Kafka
 * record, and then blocks its partition, over one id of another length; so nothing with such an id may be written.
 */
final class Ids {

    private static final int TRACE_ID_BYTES = 16;
    private static final int SPAN_ID_BYTES = 8;

    private Ids() {}

    /** What is wrong with the ids of a span, or an empty string. */
    static String problem(Span span) {
        if (!validTraceId(span.getTraceId())) {
            return "span '" + span.getName() + "' has no valid trace id: 16 bytes, not all zero";
        }
        if (!validSpanId(span.getSpanId())) {
            return "span '" + span.getName() + "' has no valid span id: 8 bytes, not all zero";
        }
        if (!absentOr(span.getParentSpanId(), SPAN_ID_BYTES)) {
            return "span '" + span.getName() + "' has a parent span id that is not 8 bytes long";
        }
        for (Span.Link link : span.getLinksList()) {
            if (!absentOr(link.getTraceId(), TRACE_ID_BYTES) || !absentOr(link.getSpanId(), SPAN_ID_BYTES)) {
                return "span '" + span.getName() + "' has a link whose ids are not 16 and 8 bytes long";
            }
        }
        return "";
    }

    static boolean valid(List<Exemplar> exemplars) {
        for (Exemplar exemplar : exemplars) {
            if (!absentOr(exemplar.getTraceId(), TRACE_ID_BYTES) || !absentOr(exemplar.getSpanId(), SPAN_ID_BYTES)) {
                return false;
            }
        }
        return true;
    }

    private static boolean validTraceId(ByteString id) {
        return id.size() == TRACE_ID_BYTES && !allZero(id);
    }

    private static boolean validSpanId(ByteString id) {
        return id.size() == SPAN_ID_BYTES && !allZero(id);
    }

    private static boolean absentOr(ByteString id, int bytes) {
        return id.isEmpty() || id.size() == bytes;
    }

    private static boolean allZero(ByteString id) {
        for (int i = 0; i < id.size(); i++) {
            if (id.byteAt(i) != 0) {
                return false;
            }
        }
        return true;
    }
}
