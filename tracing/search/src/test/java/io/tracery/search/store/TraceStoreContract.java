package io.tracery.search.store;

import static io.tracery.search.store.Spans.EPOCH;
import static io.tracery.search.store.Spans.TRACE_A;
import static io.tracery.search.store.Spans.TRACE_B;
import static io.tracery.search.store.Spans.TRACE_C;
import static io.tracery.search.store.Spans.entry;
import static io.tracery.search.store.Spans.lasting;
import static io.tracery.search.store.Spans.number;
import static io.tracery.search.store.Spans.span;
import static io.tracery.search.store.Spans.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.tracery.search.store.TraceQuery.Range;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What every trace store does. An implementation inherits these tests and says how it is opened. */
@Timeout(60)
public abstract class TraceStoreContract {

    protected static final long NOW = EPOCH / 1_000_000;

    @TempDir
    Path folder = Path.of("unset");

    private TraceStore store;

    /** Opens a store that keeps its data in the folder, across calls; it returns at most 1000 spans of a trace. */
    protected abstract TraceStore open(Path folder);

    @BeforeEach
    void open() {
        store = open(folder);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void returnsAWholeTraceOldestSpanFirst() {
        add(entry("cart", span(TRACE_A, 2, "GET /cart", 20)), entry("kv", span(TRACE_B, 9, "get", 5)));
        add(entry("front", span(TRACE_A, 1, "GET /", 10)), entry("kv", span(TRACE_A, 3, "get", 30)));

        TraceSource.Trace trace = awaitSpans(TRACE_A, 3);
        assertThat(names(trace)).containsExactly("GET /", "GET /cart", "get");
        assertThat(trace.spans()).extracting(SpanEntry::service).containsExactly("front", "cart", "kv");
        assertThat(trace.truncated()).isFalse();
        assertThat(store.trace(TRACE_C)).isEmpty();
    }

    @Test
    void returnsSpansExactlyAsTheyCame() {
        SpanEntry original = entry(
                "cart",
                span(TRACE_A, 1, "GET /cart", 0)
                        .addAttributes(number("http.response.status_code", 200))
                        .addEvents(Span.Event.newBuilder().setName("tracery.pick"))
                        .addLinks(Span.Link.newBuilder().setTraceId(Spans.hex(TRACE_B)))
                        .setStatus(Status.newBuilder().setMessage("why")),
                text("host.name", "a"));
        add(original);
        assertThat(awaitSpans(TRACE_A, 1).spans()).containsExactly(original);
    }

    @Test
    void addsLateSpansToTheirTrace() {
        add(entry("front", span(TRACE_A, 1, "GET /", 10)));
        awaitSpans(TRACE_A, 1);
        store.commit(Map.of(0, 1L));
        add(entry("cart", span(TRACE_A, 2, "GET /cart", 20)));
        awaitSpans(TRACE_A, 2);
    }

    @Test
    void collapsesASpanThatComesTwiceButNotTheTwoSidesOfOneCall() {
        SpanEntry server = entry("cart", span(TRACE_A, 1, "GET /cart", 10));
        SpanEntry client = entry("front", span(TRACE_A, 1, "GET cart", 9).setKind(Span.SpanKind.SPAN_KIND_CLIENT));
        add(server, client, server);
        store.commit(Map.of(0, 1L));
        add(server);
        add(entry("kv", span(TRACE_B, 1, "get", 0)));
        awaitSpans(TRACE_B, 1);

        assertThat(names(awaitSpans(TRACE_A, 2))).containsExactly("GET cart", "GET /cart");
    }

    @Test
    void findsTracesByServiceAndOperationNewestFirst() {
        add(
                entry("cart", span(TRACE_A, 1, "GET /cart", 10)),
                entry("cart", span(TRACE_B, 2, "GET /cart", 30)),
                entry("cart", span(TRACE_C, 3, "POST /cart", 20)),
                entry("cart", span(TRACE_B, 4, "GET /cart", 5)));
        awaitSpans(TRACE_C, 1);

        assertThat(store.find(query("cart", null, Map.of(), 10))).containsExactly(TRACE_B, TRACE_C, TRACE_A);
        assertThat(store.find(query("cart", "GET /cart", Map.of(), 10))).containsExactly(TRACE_B, TRACE_A);
        assertThat(store.find(query("cart", null, Map.of(), 2))).containsExactly(TRACE_B, TRACE_C);
        assertThat(store.find(query(null, "POST /cart", Map.of(), 10))).containsExactly(TRACE_C);
        assertThat(store.find(query("unknown", null, Map.of(), 10))).isEmpty();
    }

    @Test
    void findsByDurationAndStartBothEndsIncluded() {
        add(
                entry("cart", lasting(span(TRACE_A, 1, "op", 10), 5)),
                entry("cart", lasting(span(TRACE_B, 2, "op", 20), 50)),
                entry("cart", lasting(span(TRACE_C, 3, "op", 30), 500)));
        awaitSpans(TRACE_C, 1);

        assertThat(store.find(new TraceQuery("cart", null, Map.of(), Range.ANY, millis(50, 500), 10)))
                .containsExactly(TRACE_C, TRACE_B);
        assertThat(store.find(new TraceQuery("cart", null, Map.of(), started(10, 20), Range.ANY, 10)))
                .containsExactly(TRACE_B, TRACE_A);
        assertThat(store.find(new TraceQuery("cart", null, Map.of(), started(20, 30), millis(0, 100), 10)))
                .containsExactly(TRACE_B);
    }

    @Test
    void findsByAttributesOfSpanResourceAndEventsAndByWhatJaegerDerives() {
        add(
                entry(
                        "cart",
                        span(TRACE_A, 1, "op", 10)
                                .addAttributes(number("http.response.status_code", 503))
                                .addEvents(Span.Event.newBuilder()
                                        .setName("tracery.retry")
                                        .addAttributes(text("tracery.retry.reason", "connect_refused")))
                                .setStatus(Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR)),
                        text("host.name", "node-1")),
                entry("cart", span(TRACE_B, 2, "op", 20).addAttributes(number("http.response.status_code", 200))));
        awaitSpans(TRACE_B, 1);

        for (Map<String, String> tags : List.of(
                Map.of("http.response.status_code", "503"),
                Map.of("host.name", "node-1"),
                Map.of("tracery.retry.reason", "connect_refused"),
                Map.of("event", "tracery.retry"),
                Map.of("error", "true"),
                Map.of("otel.status_code", "ERROR"),
                Map.of("span.kind", "server", "error", "true", "host.name", "node-1"))) {
            assertThat(store.find(query("cart", null, tags, 10))).as("%s", tags).containsExactly(TRACE_A);
        }
        assertThat(store.find(query("cart", null, Map.of("http.response.status_code", "404"), 10)))
                .isEmpty();
    }

    @Test
    void wantsAllPredicatesMetByOneSpan() {
        add(
                entry("cart", span(TRACE_A, 1, "a", 10).addAttributes(text("color", "red"))),
                entry("cart", span(TRACE_A, 2, "b", 20).addAttributes(text("size", "big"))));
        awaitSpans(TRACE_A, 2);

        assertThat(store.find(query("cart", null, Map.of("color", "red", "size", "big"), 10)))
                .isEmpty();
        assertThat(store.find(query("cart", "a", Map.of("color", "red"), 10))).containsExactly(TRACE_A);
        assertThat(store.find(query("cart", "b", Map.of("color", "red"), 10))).isEmpty();
    }

    @Test
    void findsValuesLongerThanAnyIndexTerm() {
        String large = "é".repeat(40_000);
        add(
                entry("cart", span(TRACE_A, 1, large, 10).addAttributes(text("sql", large + "a"))),
                entry("cart", span(TRACE_B, 2, "op", 20).addAttributes(text("sql", large + "b"))));
        awaitSpans(TRACE_B, 1);

        assertThat(store.find(query("cart", large, Map.of("sql", large + "a"), 10)))
                .containsExactly(TRACE_A);
        assertThat(store.find(query("cart", null, Map.of("sql", large + "b"), 10)))
                .containsExactly(TRACE_B);
    }

    @Test
    void findsOtherTracesBehindOneWithVeryManySpans() {
        add(entry("cart", span(TRACE_A, 1, "op", 0)));
        for (int batch = 0; batch < 3; batch++) {
            int first = 10 + batch * 1_000;
            add(IntStream.range(first, first + 1_000)
                    .mapToObj(number -> entry("cart", span(TRACE_B, number, "op", number)))
                    .toArray(SpanEntry[]::new));
        }
        add(entry("kv", span(TRACE_C, 3, "get", 0)));
        awaitSpans(TRACE_C, 1);

        assertThat(store.find(query("cart", null, Map.of(), 10))).containsExactly(TRACE_B, TRACE_A);
    }

    @Test
    void cutsATraceThatIsLargerThanItReturnsAndSaysSo() {
        add(IntStream.range(0, 1_001)
                .mapToObj(number -> entry("cart", span(TRACE_A, number + 1, "op-" + number, number)))
                .toArray(SpanEntry[]::new));
        add(entry("kv", span(TRACE_B, 3, "get", 0)));
        awaitSpans(TRACE_B, 1);

        TraceSource.Trace trace = store.trace(TRACE_A).orElseThrow();
        assertThat(trace.truncated()).isTrue();
        assertThat(trace.spans()).hasSize(1_000);
        assertThat(trace.spans().getFirst().span().getName()).isEqualTo("op-0");
    }

    /** As it is where its senders, or Kafka, repeat themselves: repeats take no room of an answer. */
    @Test
    void losesNoSpanOfATraceBehindRepeatsOfOthers() {
        SpanEntry[] first = IntStream.range(0, 600)
                .mapToObj(number -> entry("cart", span(TRACE_A, number + 1, "op", number)))
                .toArray(SpanEntry[]::new);
        add(first);
        add(first);
        add(entry("cart", span(TRACE_A, 700, "last", 700)));
        add(entry("kv", span(TRACE_B, 3, "get", 0)));
        awaitSpans(TRACE_B, 1);

        TraceSource.Trace trace = store.trace(TRACE_A).orElseThrow();
        assertThat(trace.spans()).hasSize(601);
        assertThat(trace.spans().getLast().span().getName()).isEqualTo("last");
        assertThat(trace.truncated()).isFalse();
    }

    @Test
    void showsTheFirstSpansOfATraceThatComesInMorePiecesThanItReturnsSpans() {
        for (int number = 0; number < 1_002; number++) {
            add(entry("cart", span(TRACE_A, number + 1, "op-" + number, number)));
        }
        add(entry("kv", span(TRACE_B, 3, "get", 0)));
        awaitSpans(TRACE_B, 1);

        TraceSource.Trace trace = store.trace(TRACE_A).orElseThrow();
        assertThat(trace.truncated()).isTrue();
        assertThat(trace.spans()).hasSize(1_000);
        assertThat(trace.spans().getFirst().span().getName()).isEqualTo("op-0");
    }

    @Test
    void namesServicesAndTheirOperations() {
        assertThat(store.services()).isEmpty();
        add(
                entry("front", span(TRACE_A, 1, "GET /", 0)),
                entry("cart", span(TRACE_A, 2, "GET /cart", 0)),
                entry("cart", span(TRACE_A, 3, "GET /cart", 0)),
                entry("cart", span(TRACE_A, 4, "GET /cart", 0).setKind(Span.SpanKind.SPAN_KIND_CLIENT)),
                entry("cart", span(TRACE_A, 5, "add", 0).setKind(Span.SpanKind.SPAN_KIND_INTERNAL)),
                entry("cart-2", span(TRACE_B, 6, "other", 0)));
        awaitSpans(TRACE_B, 1);

        assertThat(store.services()).containsExactly("cart", "cart-2", "front");
        assertThat(store.operations("cart"))
                .containsExactly(
                        new Operation("GET /cart", Kind.SERVER),
                        new Operation("GET /cart", Kind.CLIENT),
                        new Operation("add", Kind.INTERNAL));
        assertThat(store.operations("unknown")).isEmpty();
    }

    @Test
    void comesBackAfterACrashWithWhatWasCommittedAndWhereToGoOn() {
        assertThat(store.positions()).isEmpty();
        add(entry("front", span(TRACE_A, 1, "GET /", 0)));
        store.commit(Map.of(0, 17L, 3, 4L));
        add(entry("cart", span(TRACE_B, 2, "GET /cart", 0)));
        awaitSpans(TRACE_B, 1);

        store.close();
        store = open(folder);

        assertThat(store.positions()).containsExactlyInAnyOrderEntriesOf(Map.of(0, 17L, 3, 4L));
        assertThat(store.trace(TRACE_A)).isPresent();
        assertThat(store.trace(TRACE_B)).isEmpty();
    }

    @Test
    void goesBackToTheLastCommitWhenAskedTo() {
        add(entry("front", span(TRACE_A, 1, "GET /", 0)));
        store.commit(Map.of(0, 1L));
        add(entry("cart", span(TRACE_B, 2, "GET /cart", 0)));
        store.recover();

        assertThat(store.positions()).isEqualTo(Map.of(0, 1L));
        add(entry("cart", span(TRACE_C, 3, "GET /cart", 0)));
        awaitSpans(TRACE_C, 1);
        assertThat(store.trace(TRACE_A)).isPresent();
        assertThat(store.trace(TRACE_B)).isEmpty();
    }

    private void add(SpanEntry... entries) {
        Spans.add(store, List.of(entries), NOW);
    }

    private TraceSource.Trace awaitSpans(String traceId, int count) {
        return await().atMost(Duration.ofSeconds(20))
                .until(
                        () -> store.trace(traceId),
                        trace -> trace.isPresent() && trace.get().spans().size() == count)
                .orElseThrow();
    }

    private static List<String> names(TraceSource.Trace trace) {
        return trace.spans().stream().map(entry -> entry.span().getName()).toList();
    }

    private static TraceQuery query(
            @Nullable String service, @Nullable String operation, Map<String, String> tags, int limit) {
        return new TraceQuery(service, operation, tags, Range.ANY, Range.ANY, limit);
    }

    private static Range millis(long least, long most) {
        return new Range(least * 1_000_000, most * 1_000_000);
    }

    private static Range started(long least, long most) {
        return new Range(EPOCH + least * 1_000_000, EPOCH + most * 1_000_000);
    }
}
