package io.tracery.search.trace;

import static io.tracery.search.store.Spans.TRACE_A;
import static io.tracery.search.store.Spans.attribute;
import static io.tracery.search.store.Spans.entry;
import static io.tracery.search.store.Spans.hex;
import static io.tracery.search.store.Spans.lasting;
import static io.tracery.search.store.Spans.span;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.tracery.search.store.SpanEntry;
import io.tracery.search.store.TraceSource.Trace;
import io.tracery.search.trace.Comparison.Change;
import io.tracery.search.trace.TraceView.Mode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Where the time of a trace went, what is odd about it, and how two of them differ. */
class TraceViewTest {

    @Test
    void followsTheChildThatReturnedLastBackToTheBeginning() {
        // 0..100 root; 10..40 and 20..60 overlap; 70..90, in it 75..85; 50..95 begins before 60 but ended after 70
        // began.
        TraceView trace = view(
                call("front", 1, 0, 0, 100),
                call("early", 2, 1, 10, 30),
                call("later", 3, 1, 20, 40),
                call("last", 4, 1, 70, 20),
                call("inner", 5, 4, 75, 10));

        assertThat(path(trace))
                .containsExactly(
                        "front 0-20",
                        "later 20-60",
                        "front 60-70",
                        "last 70-75",
                        "inner 75-85",
                        "last 85-90",
                        "front 90-100");
        // front is alone for 0..10, 60..70 and 90..100.
        assertThat(CriticalPath.selfNanos(trace.calls())[0]).isEqualTo(30_000_000);
    }

    @Test
    void cutsWhatAChildDoesOutsideOfItsParent() {
        TraceView trace = view(call("front", 1, 0, 10, 20), call("early", 2, 1, 0, 15), call("late", 3, 1, 25, 50));
        assertThat(path(trace)).containsExactly("early 10-15", "front 15-25", "late 25-30");
    }

    @Test
    void addsUpToTheRootsDurationWhateverTheTreeIsLike() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            List<SpanEntry> spans = new ArrayList<>();
            spans.add(call("s", 1, 0, 100, 1_000));
            for (int i = 2; i < 40; i++) {
                spans.add(call("s", i, 1 + random.nextInt(i - 1), random.nextInt(1_300), random.nextInt(500)));
            }
            Collections.shuffle(spans, random);
            TraceView trace = TraceView.of(new Trace(TRACE_A, spans, false), Mode.ADJUSTED);
            Analysis analysis = Analysis.of(trace);
            long told = trace.spans().get(analysis.root()).start();
            for (CriticalPath.Section section : analysis.path()) {
                assertThat(section.start()).as("seed %d", seed).isEqualTo(told);
                told = section.end();
            }
            assertThat(told)
                    .as("seed %d", seed)
                    .isEqualTo(trace.spans().get(analysis.root()).end());
        }
    }

    @Test
    void bearsAChainOfCallsAsDeepAsATraceMayBe() {
        SpanEntry[] chain = IntStream.rangeClosed(1, 20_000)
                .mapToObj(i -> call("deep", i, i - 1, i, 60_000 - 2 * i))
                .toArray(SpanEntry[]::new);
        TraceView trace = view(chain);
        assertThat(Analysis.of(trace).path()).hasSize(2 * 20_000 - 1);
        assertThat(trace.calls().depths()[19_999]).isEqualTo(19_999);
        assertThat(Comparison.of(trace, trace)).hasSize(20_000).allMatch(node -> node.change() == Change.SAME);
    }

    @Test
    void saysWhatIsOddAboutSpans() {
        TraceView trace = view(
                call("front", 1, 0, 100, 50),
                call("skewed", 2, 1, 90, 10),
                call("orphan", 3, 99, 120, 1),
                call("other", 1, 0, 130, 1),
                call("egg", 4, 5, 140, 1),
                call("hen", 5, 4, 141, 1),
                entry("back", span(TRACE_A, 6, "op", 145).setEndTimeUnixNano(1)));

        assertThat(trace.warnings().ofTrace())
                .containsExactly(
                        "1 of its spans name a parent that is not in the trace",
                        "1 of its spans would be their own ancestor; each is shown as a root",
                        "1 of its spans have the id of another span; they are shown with ids of their own",
                        "1 of its spans begin before their parents: clocks differ");
        assertThat(warnings(trace))
                .containsExactly(
                        "skewed: it begins 10.000 ms before its parent: the clocks of front and skewed differ",
                        "orphan: its parent 0000000000000063 is not in the trace",
                        "other: its id is 0000000000000001, which another span of the trace has too",
                        "egg: its parent 0000000000000005 is below it in the trace; it is shown as a root",
                        "back: it ends before it begins; it is shown without a duration");
        assertThat(trace.calls().roots()).hasSize(5);
        assertThat(trace.spans().stream().map(TraceView.ViewedSpan::spanId)).doesNotHaveDuplicates();
        Summary summary = Summary.of(trace);
        assertThat(summary.rootService()).isEqualTo("front");
        assertThat(summary.orphans()).isEqualTo(1);
    }

    /** As the pipeline says of spans from the future, and of those that it cut. */
    @Test
    void saysWhatSpansSayThemselves() {
        AnyValue.Builder told = AnyValue.newBuilder();
        told.getArrayValueBuilder().addValuesBuilder().setStringValue("it is from the future");
        TraceView trace =
                view(entry("early", span(TRACE_A, 1, "op", 0).addAttributes(attribute(Warnings.ATTRIBUTE, told))));
        assertThat(warnings(trace)).containsExactly("early: it is from the future");
        assertThat(trace.warnings().ofTrace())
                .containsExactly("1 of its spans were flawed when they came; their own warnings say how");
    }

    @Test
    void saysThatATraceIsCut() {
        Trace cut = new Trace(TRACE_A, List.of(call("front", 1, 0, 0, 1)), true);
        assertThat(TraceView.of(cut, Mode.RAW).warnings().ofTrace())
                .containsExactly("the trace has more spans than one answer holds; these are its first 1");
    }

    @Test
    void laysTwoTracesOverEachOther() {
        TraceView a = view(call("front", 1, 0, 0, 100), call("cart", 2, 1, 10, 20), call("kv", 3, 2, 12, 5));
        TraceView b = view(
                call("front", 1, 0, 0, 101),
                call("cart", 2, 1, 10, 20),
                call("cart", 4, 1, 40, 20),
                call("mail", 5, 1, 70, 5));

        assertThat(Comparison.of(a, b).stream()
                        .map(node -> "%d %s %s".formatted(node.depth(), node.service(), node.change())))
                .containsExactly("0 front SAME", "1 cart CHANGED", "2 kv LEFT", "1 mail CAME");
    }

    private static SpanEntry call(String service, int number, int parent, long startMillis, long millis) {
        Span.Builder span = lasting(span(TRACE_A, number, "op", startMillis), millis);
        return entry(service, parent == 0 ? span : span.setParentSpanId(hex("%016x".formatted(parent))));
    }

    private static TraceView view(SpanEntry... spans) {
        return TraceView.of(new Trace(TRACE_A, List.of(spans), false), Mode.ADJUSTED);
    }

    private static List<String> path(TraceView trace) {
        long zero = io.tracery.search.store.Spans.EPOCH;
        return Analysis.of(trace).path().stream()
                .map(section -> "%s %d-%d"
                        .formatted(
                                trace.spans().get(section.span()).entry().service(),
                                (section.start() - zero) / 1_000_000,
                                (section.end() - zero) / 1_000_000))
                .toList();
    }

    private static List<String> warnings(TraceView trace) {
        List<String> warnings = new ArrayList<>();
        for (int i = 0; i < trace.spans().size(); i++) {
            for (String warning : trace.warnings().ofSpan(i)) {
                warnings.add(trace.spans().get(i).entry().service() + ": " + warning);
            }
        }
        return warnings;
    }
}
