package io.tracery.pipeline.otlp;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.tracery.pipeline.account.Flaw;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Sees to it that no span is larger than anybody can use, and says on the span what was wrong with it: as the attribute that
 * Jaeger shows as a span's warnings. A span in which nothing is wrong is passed on as it is. Confined to one batch.
 */
final class SpanMender {

    /** Jaeger's own name for it (its package {@code jptrace}). */
    static final String WARNINGS = "@jaeger@warnings";

    static final String CUT = "… [cut]";

    /** Characters of one value, the mark included. */
    static final int MOST_TEXT = 8_192;

    static final int MOST_NAME = 1_024;
    static final int MOST_ATTRIBUTES = 256;
    static final int MOST_EVENTS = 512;
    static final int MOST_LINKS = 256;

    /** Clocks that differ less are of no interest. */
    static final Duration FUTURE = Duration.ofHours(1);

    private final long futureNanos;
    private final Map<Flaw, Integer> flaws = new EnumMap<>(Flaw.class);

    SpanMender(InstantSource clock) {
        this.futureNanos = TimeUnit.MILLISECONDS.toNanos(clock.millis()) + FUTURE.toNanos();
    }

    /** What was wrong, and with how many spans. */
    Map<Flaw, Integer> flaws() {
        return flaws;
    }

    Span mend(Span span) {
        Set<Flaw> found = EnumSet.noneOf(Flaw.class);
        Span mended = fits(span) ? span : cut(span, found);
        times(span, found);
        if (!span.getParentSpanId().isEmpty() && span.getParentSpanId().equals(span.getSpanId())) {
            found.add(Flaw.OWN_PARENT);
        }
        found.removeAll(told(span));
        if (found.isEmpty()) {
            return mended;
        }
        found.forEach(flaw -> flaws.merge(flaw, 1, Integer::sum));
        return mended.toBuilder().addAttributes(warnings(found)).build();
    }

    private void times(Span span, Set<Flaw> found) {
        // Nanoseconds since 1970 are unsigned on the wire; what is negative here is centuries ahead.
        if (Long.compareUnsigned(span.getEndTimeUnixNano(), span.getStartTimeUnixNano()) < 0) {
            found.add(Flaw.ENDS_BEFORE_IT_BEGINS);
        }
        if (Long.compareUnsigned(span.getStartTimeUnixNano(), futureNanos) > 0) {
            found.add(Flaw.FROM_THE_FUTURE);
        }
    }

    private static boolean fits(Span span) {
        return span.getName().length() <= MOST_NAME
                && span.getTraceState().length() <= MOST_TEXT
                && fit(span.getAttributesList())
                && span.getEventsCount() <= MOST_EVENTS
                && span.getLinksCount() <= MOST_LINKS
                && span.getEventsList().stream().allMatch(SpanMender::fits)
                && span.getLinksList().stream().allMatch(SpanMender::fits);
    }

    private static boolean fits(Span.Event event) {
        return event.getName().length() <= MOST_NAME && fit(event.getAttributesList());
    }

    private static boolean fits(Span.Link link) {
        return link.getTraceState().length() <= MOST_TEXT && fit(link.getAttributesList());
    }

    private static boolean fit(List<KeyValue> attributes) {
        if (leftOfAttributes(attributes.size()) > 0) {
            return false;
        }
        for (KeyValue attribute : attributes) {
            if (attribute.getSerializedSize() > MOST_TEXT && !attribute.equals(cut(attribute))) {
                return false;
            }
        }
        return true;
    }

    private static Span cut(Span span, Set<Flaw> found) {
        Span.Builder small = span.toBuilder()
                .setName(cut(span.getName(), MOST_NAME))
                .setTraceState(span.getTraceState().length() > MOST_TEXT ? "" : span.getTraceState())
                .clearAttributes()
                .addAllAttributes(cut(span.getAttributesList()))
                .clearEvents()
                .clearLinks();
        int leftOut = leftOfAttributes(span.getAttributesCount());
        small.setDroppedAttributesCount(span.getDroppedAttributesCount() + leftOut);
        for (Span.Event event : span.getEventsList().subList(0, Math.min(MOST_EVENTS, span.getEventsCount()))) {
            small.addEvents(event.toBuilder()
                    .setName(cut(event.getName(), MOST_NAME))
                    .clearAttributes()
                    .addAllAttributes(cut(event.getAttributesList()))
                    .setDroppedAttributesCount(
                            event.getDroppedAttributesCount() + leftOfAttributes(event.getAttributesCount())));
        }
        for (Span.Link link : span.getLinksList().subList(0, Math.min(MOST_LINKS, span.getLinksCount()))) {
            small.addLinks(link.toBuilder()
                    .setTraceState(link.getTraceState().length() > MOST_TEXT ? "" : link.getTraceState())
                    .clearAttributes()
                    .addAllAttributes(cut(link.getAttributesList())));
        }
        int events = left(span.getEventsCount(), MOST_EVENTS);
        int links = left(span.getLinksCount(), MOST_LINKS);
        if (leftOut + events + links > 0) {
            found.add(Flaw.PARTS_LEFT_OUT);
        } else {
            found.add(Flaw.TEXT_CUT);
        }
        return small.setDroppedEventsCount(span.getDroppedEventsCount() + events)
                .setDroppedLinksCount(span.getDroppedLinksCount() + links)
                .build();
    }

    private static int left(int count, int most) {
        return Math.max(0, count - most);
    }

    /** One more may be there: the warnings of whoever saw it before. */
    private static int leftOfAttributes(int count) {
        return count <= MOST_ATTRIBUTES + 1 ? 0 : count - MOST_ATTRIBUTES;
    }

    private static List<KeyValue> cut(List<KeyValue> attributes) {
        List<KeyValue> small = new ArrayList<>();
        for (KeyValue attribute : attributes.subList(0, attributes.size() - leftOfAttributes(attributes.size()))) {
            small.add(attribute.getSerializedSize() > MOST_TEXT ? cut(attribute) : attribute);
        }
        return small;
    }

    /** Text is cut; of bytes, lists and maps only how large they were is left. */
    private static KeyValue cut(KeyValue attribute) {
        AnyValue value = attribute.getValue();
        KeyValue.Builder small = attribute.toBuilder().setKey(cut(attribute.getKey(), MOST_NAME));
        if (value.hasStringValue()) {
            return small.setValue(AnyValue.newBuilder().setStringValue(cut(value.getStringValue(), MOST_TEXT)))
                    .build();
        }
        return value.getSerializedSize() > MOST_TEXT
                ? small.setValue(AnyValue.newBuilder()
                                .setStringValue(value.getValueCase().name() + " of " + value.getSerializedSize()
                                        + " bytes " + CUT))
                        .build()
                : small.build();
    }

    private static String cut(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        int end = most - CUT.length();
        // Half a pair is no character.
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + CUT;
    }

    private static KeyValue warnings(Set<Flaw> found) {
        ArrayValue.Builder all = ArrayValue.newBuilder();
        found.forEach(flaw -> all.addValues(AnyValue.newBuilder().setStringValue(said(flaw))));
        return KeyValue.newBuilder()
                .setKey(WARNINGS)
                .setValue(AnyValue.newBuilder().setArrayValue(all))
                .build();
    }

    /** What whoever saw the span before has said about it. */
    private static Set<Flaw> told(Span span) {
        Set<Flaw> told = EnumSet.noneOf(Flaw.class);
        for (KeyValue attribute : span.getAttributesList()) {
            if (attribute.getKey().equals(WARNINGS)) {
                for (AnyValue warning : attribute.getValue().getArrayValue().getValuesList()) {
                    for (Flaw flaw : Flaw.values()) {
                        if (warning.getStringValue().equals(said(flaw))) {
                            told.add(flaw);
                        }
                    }
                }
            }
        }
        return told;
    }

    static String said(Flaw flaw) {
        return switch (flaw) {
            case TEXT_CUT -> "text longer than " + MOST_TEXT + " characters was cut by the telemetry pipeline";
            case PARTS_LEFT_OUT ->
                "attributes, events or links were left out by the telemetry pipeline, because there were too many";
            case ENDS_BEFORE_IT_BEGINS -> "the span ends before it begins: the clock it was measured with jumped";
            case FROM_THE_FUTURE ->
                "the span began more than an hour in the future of the telemetry pipeline: their clocks disagree";
            case OWN_PARENT -> "the span is its own parent";
        };
    }
}
