package io.tracery.search.store;

import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.List;

/** Takes spans apart that hold something without a column: into one that has columns for everything, and the rest. */
final class UnusualSpans {

    private UnusualSpans() {}

    /** True when everything in its attributes, events and status has a column. */
    static boolean hasColumns(Span span) {
        for (Span.Event event : span.getEventsList()) {
            if (event.getDroppedAttributesCount() != 0
                    || !event.getUnknownFields().isEmpty()
                    || !simple(event.getAttributesList())) {
                return false;
            }
        }
        return simple(span.getAttributesList())
                && span.getStatus().getUnknownFields().isEmpty();
    }

    private static boolean simple(List<KeyValue> attributes) {
        for (KeyValue attribute : attributes) {
            if (attribute.getKeyStrindex() != 0
                    || !attribute.getUnknownFields().isEmpty()
                    || !attribute.getValue().getUnknownFields().isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** @param plain whether attributes and events are part of the rest */
    static Span common(Span span, boolean plain) {
        Span.Builder common = Span.newBuilder()
                .setTraceId(span.getTraceId())
                .setSpanId(span.getSpanId())
                .setParentSpanId(span.getParentSpanId())
                .setName(span.getName())
                .setKindValue(span.getKindValue())
                .setFlags(span.getFlags())
                .setStartTimeUnixNano(span.getStartTimeUnixNano())
                .setEndTimeUnixNano(span.getEndTimeUnixNano());
        if (span.hasStatus()) {
            common.setStatus(Status.newBuilder()
                    .setCodeValue(span.getStatus().getCodeValue())
                    .setMessage(span.getStatus().getMessage()));
        }
        if (!plain) {
            common.addAllAttributes(span.getAttributesList()).addAllEvents(span.getEventsList());
        }
        return common.build();
    }

    static byte[] rest(Span span, boolean plain) {
        Span.Builder rest = span.toBuilder()
                .clearTraceId()
                .clearSpanId()
                .clearParentSpanId()
                .clearName()
                .clearKind()
                .clearFlags()
                .clearStatus()
                .clearStartTimeUnixNano()
                .clearEndTimeUnixNano();
        if (!plain) {
            rest.clearAttributes().clearEvents();
        } else if (!span.getStatus().getUnknownFields().isEmpty()) {
            rest.setStatus(Status.newBuilder().setUnknownFields(span.getStatus().getUnknownFields()));
        }
        return rest.build().toByteArray();
    }
}
