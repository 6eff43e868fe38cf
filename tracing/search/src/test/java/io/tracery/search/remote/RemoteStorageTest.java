package io.tracery.search.remote;

import static io.tracery.search.store.Spans.EPOCH;
import static io.tracery.search.store.Spans.TRACE_A;
import static io.tracery.search.store.Spans.TRACE_B;
import static io.tracery.search.store.Spans.TRACE_C;
import static io.tracery.search.store.Spans.entry;
import static io.tracery.search.store.Spans.hex;
import static io.tracery.search.store.Spans.number;
import static io.tracery.search.store.Spans.span;
import static io.tracery.search.store.Spans.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Timestamp;
import com.google.protobuf.UnknownFieldSet;
import com.linecorp.armeria.client.grpc.GrpcClients;
import io.grpc.StatusRuntimeException;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.search.protocol.CapabilitiesGrpc.CapabilitiesBlockingStub;
import io.tracery.search.protocol.DependencyReaderGrpc.DependencyReaderBlockingStub;
import io.tracery.search.protocol.FindTraceIDsRequest;
import io.tracery.search.protocol.FindTraceSummariesRequest;
import io.tracery.search.protocol.FindTracesRequest;
import io.tracery.search.protocol.GetCapabilitiesRequest;
import io.tracery.search.protocol.GetDependenciesRequest;
import io.tracery.search.protocol.GetOperationsRequest;
import io.tracery.search.protocol.GetServicesRequest;
import io.tracery.search.protocol.GetTraceParams;
import io.tracery.search.protocol.GetTracesRequest;
import io.tracery.search.protocol.KeyValue;
import io.tracery.search.protocol.Operation;
import io.tracery.search.protocol.TraceQueryParameters;
import io.tracery.search.protocol.TraceReaderGrpc.TraceReaderBlockingStub;
import io.tracery.search.protocol.TraceSummary;
import io.tracery.search.store.LuceneTraceStore;
import io.tracery.search.store.SpanEntry;
import io.tracery.search.store.Spans;
import io.tracery.search.store.StoreLimits;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a stock Jaeger asks of a remote storage, over a real socket. */
@Timeout(60)
class RemoteStorageTest {

    @TempDir
    static Path folder = Path.of("unset");

    private static LuceneTraceStore store;
    private static RemoteStorage remote;
    private static TraceReaderBlockingStub reader;

    @BeforeAll
    static void start() {
        store = LuceneTraceStore.open(
                folder, StoreLimits.keeping(Duration.ofDays(9_999), Long.MAX_VALUE), () -> EPOCH / 1_000_000);
        remote = new RemoteStorage(new InetSocketAddress("127.0.0.1", 0), store);
        remote.start();
        reader = client(TraceReaderBlockingStub.class);
        List<SpanEntry> spans = new ArrayList<>(List.of(
                entry("front", span(TRACE_A, 1, "GET /", 0)),
                entry(
                        "cart",
                        span(TRACE_A, 2, "GET /cart", 1)
                                .setParentSpanId(hex("0000000000000001"))
                                .addAttributes(number("http.response.status_code", 503))
                                .setStatus(Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR))),
                entry("cart", span(TRACE_B, 3, "GET /cart", 50))));
        for (int i = 0; i < 8; i++) {
            spans.add(entry("large", span(TRACE_C, 10 + i, "op", i).addAttributes(text("fill", "x".repeat(1 << 20)))));
        }
        Spans.add(store, spans, EPOCH / 1_000_000);
        await().until(() -> store.services().size() == 3);
    }

    @AfterAll
    static void stop() {
        remote.close();
        store.close();
    }

    private static <T> T client(Class<T> type) {
        return GrpcClients.builder("gproto+http://127.0.0.1:" + remote.port())
                .maxResponseLength(64L << 20)
                .responseTimeout(Duration.ofSeconds(30))
                .build(type);
    }

    @Test
    void namesServicesAndOperations() {
        assertThat(reader.getServices(GetServicesRequest.getDefaultInstance()).getServicesList())
                .containsExactly("cart", "front", "large");
        GetOperationsRequest.Builder asked = GetOperationsRequest.newBuilder().setService("cart");
        assertThat(reader.getOperations(asked.build()).getOperationsList())
                .containsExactly(Operation.newBuilder()
                        .setName("GET /cart")
                        .setSpanKind("server")
                        .build());
        assertThat(reader.getOperations(asked.setSpanKind("client").build()).getOperationsList())
                .isEmpty();
    }

    @Test
    void findsWholeTracesByAttributesThatComeAsText() {
        KeyValue.Builder status = KeyValue.newBuilder().setKey("http.response.status_code");
        status.getValueBuilder().setStringValue("503");
        TraceQueryParameters query = TraceQueryParameters.newBuilder()
                .addAttributes(status)
                .setStartTimeMin(Wire.timestamp(EPOCH))
                .setStartTimeMax(Wire.timestamp(EPOCH + 1_000_000_000L))
                .setSearchDepth(10)
                .build();

        List<TracesData> found = all(
                reader.findTraces(FindTracesRequest.newBuilder().setQuery(query).build()));
        assertThat(found).hasSize(1);
        assertThat(found.getFirst().getResourceSpansCount()).isEqualTo(2);
        assertThat(reader.findTraceIDs(
                                FindTraceIDsRequest.newBuilder().setQuery(query).build())
                        .getTraceIdsList())
                .singleElement()
                .satisfies(id -> {
                    assertThat(id.getTraceId()).isEqualTo(hex(TRACE_A));
                    assertThat(id.getStart())
                            .isEqualTo(Timestamp.newBuilder()
                                    .setSeconds(EPOCH / 1_000_000_000L)
                                    .build());
                });
    }

    @Test
    void summarizesTracesNewestFirst() {
        TraceQueryParameters query =
                TraceQueryParameters.newBuilder().setServiceName("cart").build();
        List<TraceSummary> summaries = new ArrayList<>();
        reader.findTraceSummaries(
                        FindTraceSummariesRequest.newBuilder().setQuery(query).build())
                .forEachRemaining(answer -> summaries.addAll(answer.getSummariesList()));

        assertThat(summaries).extracting(TraceSummary::getTraceId).containsExactly(hex(TRACE_B), hex(TRACE_A));
        TraceSummary older = summaries.getLast();
        assertThat(older.getRootServiceName()).isEqualTo("front");
        assertThat(older.getSpanCount()).isEqualTo(2);
        assertThat(older.getErrorSpanCount()).isEqualTo(1);
        assertThat(older.getServicesList()).hasSize(2);
    }

    @Test
    void sendsALargeTraceInChunksThatClientsTakeAndNothingForUnknownOnes() {
        List<TracesData> chunks = all(reader.getTraces(GetTracesRequest.newBuilder()
                .addQuery(GetTraceParams.newBuilder().setTraceId(hex("ff".repeat(16))))
                .addQuery(GetTraceParams.newBuilder().setTraceId(hex(TRACE_C)))
                .addQuery(GetTraceParams.newBuilder().setTraceId(hex(TRACE_B)))
                .build()));

        assertThat(chunks).hasSizeGreaterThan(3);
        assertThat(chunks).allSatisfy(chunk -> {
            assertThat(chunk.getSerializedSize()).isLessThan(4 << 20);
            assertThat(chunk.getResourceSpansList().stream()
                            .map(spans -> spans.getScopeSpans(0).getSpans(0).getTraceId())
                            .distinct())
                    .hasSize(1);
        });
        assertThat(chunks.stream().mapToInt(TracesData::getResourceSpansCount).sum())
                .isEqualTo(9);
    }

    @Test
    void countsWhoCallsWhomAndSaysWhatItCanDo() {
        DependencyReaderBlockingStub dependencies = client(DependencyReaderBlockingStub.class);
        assertThat(dependencies
                        .getDependencies(GetDependenciesRequest.newBuilder()
                                .setStartTime(Wire.timestamp(EPOCH))
                                .setEndTime(Wire.timestamp(EPOCH + 1_000_000_000L))
                                .build())
                        .getDependenciesList())
                .singleElement()
                .satisfies(edge -> {
                    assertThat(edge.getParent()).isEqualTo("front");
                    assertThat(edge.getChild()).isEqualTo("cart");
                    assertThat(edge.getCallCount()).isEqualTo(1);
                });
        assertThat(client(CapabilitiesBlockingStub.class)
                        .getCapabilities(GetCapabilitiesRequest.getDefaultInstance())
                        .getSearch()
                        .getWithoutServiceName())
                .isTrue();
    }

    @Test
    void refusesWhatItCannotDoWithAReason() {
        UnknownFieldSet filter = UnknownFieldSet.newBuilder()
                .addField(9, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                .build();
        FindTracesRequest filtered = FindTracesRequest.newBuilder()
                .setQuery(TraceQueryParameters.newBuilder().setUnknownFields(filter))
                .build();
        assertThatThrownBy(() -> all(reader.findTraces(filtered)))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("INVALID_ARGUMENT: structured filters are not supported");
        GetTracesRequest shortId = GetTracesRequest.newBuilder()
                .addQuery(GetTraceParams.newBuilder().setTraceId(hex("00ff")))
                .build();
        assertThatThrownBy(() -> all(reader.getTraces(shortId))).hasMessageContaining("a trace id has 16 bytes, not 2");
    }

    private static List<TracesData> all(java.util.Iterator<TracesData> chunks) {
        List<TracesData> all = new ArrayList<>();
        chunks.forEachRemaining(all::add);
        return all;
    }
}
