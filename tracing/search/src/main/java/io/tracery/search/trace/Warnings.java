package io.tracery.search.trace;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.tracery.search.store.AttributeText;
import io.tracery.search.store.SpanEntry;
import io.tracery.search.store.TraceSource.Trace;
import io.tracery.search.trace.TraceView.ViewedSpan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What is odd about a trace, in sentences for a person: of the whole trace, and of single spans. */
public final class Warnings {

    /** The attribute in which spans carry what those say who saw them before; Jaeger's own name for it. */
    public static final String ATTRIBUTE = "@jaeger@warnings";

    /** Clocks of one machine agree within that; beyond it, two clocks do not. */
    private static final long TOLERATED_SKEW_NANOS = 1_000_000;

    private final List<String> ofTrace;
    private final List<List<String>> ofSpans;

    private Warnings(List<String> ofTrace, List<List<String>> ofSpans) {
        this.ofTrace = ofTrace;
        this.ofSpans = ofSpans;
    }

    /** Of spans as they came nothing is said, only that there are more. */
    static Warnings none(Trace trace) {
        return new Warnings(ofTrace(trace), List.of());
    }

    static Warnings of(Trace trace, List<ViewedSpan> spans, CallTree calls) {
        List<String> ofTrace = ofTrace(trace);
        List<List<String>> ofSpans = new ArrayList<>(spans.size());
        int flawed = 0;
        int missing = 0;
        int skewed = 0;
        int repeated = 0;
        int circular = 0;
        for (int i = 0; i < spans.size(); i++) {
            List<String> warnings = told(spans.get(i).entry().span());
            flawed += warnings.isEmpty() ? 0 : 1;
            repeated += repeatedId(spans.get(i), warnings);
            missing += missingParent(trace, calls, i, warnings);
            circular += cycle(calls, i, warnings);
            skewed += clockSkew(calls, i, warnings);
            backwards(spans.get(i), warnings);
            ofSpans.add(warnings);
        }
        count(ofTrace, flawed, "%d of its spans were flawed when they came; their own warnings say how");
        count(ofTrace, missing, "%d of its spans name a parent that is not in the trace");
        count(ofTrace, circular, "%d of its spans would be their own ancestor; each is shown as a root");
        count(ofTrace, repeated, "%d of its spans have the id of another span; they are shown with ids of their own");
        count(ofTrace, skewed, "%d of its spans begin before their parents: clocks differ");
        return new Warnings(ofTrace, ofSpans);
    }

    /** What a span carries. */
    public static List<String> told(Span span) {
        List<String> told = new ArrayList<>(0);
        for (KeyValue attribute : span.getAttributesList()) {
            if (attribute.getKey().equals(ATTRIBUTE)) {
                for (AnyValue warning : attribute.getValue().getArrayValue().getValuesList()) {
                    told.add(AttributeText.of(warning));
                }
            }
        }
        return told;
    }

    private static List<String> ofTrace(Trace trace) {
        List<String> warnings = new ArrayList<>();
        if (trace.truncated()) {
            warnings.add("the trace has more spans than one answer holds; these are its first "
                    + trace.spans().size());
        }
        return warnings;
    }

    private static void count(List<String> warnings, int count, String sentence) {
        if (count > 0) {
            warnings.add(sentence.formatted(count));
        }
    }

    private static int repeatedId(ViewedSpan span, List<String> warnings) {
        ByteString original = span.entry().span().getSpanId();
        if (span.spanId().equals(original) || span.parentId().equals(original)) {
            return 0;
        }
        warnings.add("its id is " + SpanEntry.hex(original) + ", which another span of the trace has too");
        return 1;
    }

    private static int missingParent(Trace trace, CallTree calls, int place, List<String> warnings) {
        if (calls.place(place) != CallTree.Place.PARENT_MISSING) {
            return 0;
        }
        warnings.add("its parent " + SpanEntry.hex(calls.span(place).parentId())
                + (trace.truncated() ? " is not among the spans that are shown" : " is not in the trace"));
        return 1;
    }

    private static int cycle(CallTree calls, int place, List<String> warnings) {
        if (calls.place(place) != CallTree.Place.CYCLE_CUT) {
            return 0;
        }
        warnings.add("its parent " + SpanEntry.hex(calls.span(place).parentId())
                + " is below it in the trace; it is shown as a root");
        return 1;
    }

    private static int clockSkew(CallTree calls, int place, List<String> warnings) {
        int parent = calls.parent(place);
        if (parent < 0) {
            return 0;
        }
        ViewedSpan span = calls.span(place);
        ViewedSpan caller = calls.span(parent);
        long early = caller.start() - span.start();
        if (early <= TOLERATED_SKEW_NANOS) {
            return 0;
        }
        warnings.add(String.format(
                Locale.ROOT,
                "it begins %.3f ms before its parent: the clocks of %s and %s differ",
                early / 1e6,
                caller.entry().service(),
                span.entry().service()));
        return 1;
    }

    private static void backwards(ViewedSpan viewed, List<String> warnings) {
        Span span = viewed.entry().span();
        if (span.getEndTimeUnixNano() < span.getStartTimeUnixNano()) {
            warnings.add("it ends before it begins; it is shown without a duration");
        }
    }

    /** Of the trace as a whole. */
    public List<String> ofTrace() {
        return ofTrace;
    }

    /** Of the span at a place in {@link TraceView#spans()}. */
    public List<String> ofSpan(int place) {
        return place < ofSpans.size() ? ofSpans.get(place) : List.of();
    }
}
