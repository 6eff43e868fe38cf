package io.tracery.search.remote;

import static io.tracery.search.store.Spans.EPOCH;
import static io.tracery.search.store.Spans.TRACE_A;
import static io.tracery.search.store.Spans.TRACE_B;
import static io.tracery.search.store.Spans.entry;
import static io.tracery.search.store.Spans.hex;
import static io.tracery.search.store.Spans.span;
import static io.tracery.search.store.Spans.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.search.SearchApp;
import io.tracery.search.SearchConfig;
import io.tracery.search.protocol.query.FindTracesRequest;
import io.tracery.search.protocol.query.GetOperationsRequest;
import io.tracery.search.protocol.query.GetOperationsResponse;
import io.tracery.search.protocol.query.GetServicesRequest;
import io.tracery.search.protocol.query.GetServicesResponse;
import io.tracery.search.protocol.query.GetTraceRequest;
import io.tracery.search.protocol.query.QueryServiceGrpc.QueryServiceImplBase;
import io.tracery.search.store.QueryTimeoutException;
import io.tracery.search.store.SourceUnavailableException;
import io.tracery.search.store.Spans;
import io.tracery.search.store.TraceQuery;
import io.tracery.search.store.TraceQuery.Range;
import io.tracery.search.store.UnsupportedQueryException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a search whose traces are in a Jaeger that is odd, old, slow or away. */
@Timeout(60)
class RemoteJaegerTest {

    private static final TraceQuery ANY = new TraceQuery("cart", null, Map.of(), Range.ANY, Range.ANY, 100);
    private static final int FEW = 5;
    private static final String GIVEN_UP = "000000000000000000000000000000cc";

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final OddJaeger odd = new OddJaeger();
    private Server server;
    private String address;

    /** One whose answers do not depend on what is asked; it knows no dependencies, like versions before 2.20. */
    private static final class OddJaeger extends QueryServiceImplBase {

        private final CountDownLatch ended = new CountDownLatch(1);

        /** Nothing where a trace is missing, as versions before 2.21; another's spans and invalid ones are thrown in. */
        @Override
        public void getTrace(GetTraceRequest request, StreamObserver<TracesData> client) {
            if (request.getTraceId().equals(GIVEN_UP)) {
                client.onError(Status.CANCELLED.asRuntimeException());
                return;
            }
            if (request.getTraceId().equals(TRACE_A)) {
                client.onNext(Spans.batch(
                        entry("cart", span(TRACE_A, 2, "GET /cart", 1).setParentSpanId(hex("0000000000000001"))),
                        entry("cart", span(TRACE_B, 9, "GET /cart", 1))));
                client.onNext(Spans.batch(
                        entry("front", span(TRACE_A, 1, "GET /", 0)),
                        entry("front", span(TRACE_A, 1, "GET /", 0)),
                        entry("front", span(TRACE_A, 7, "no id", 0).clearSpanId())));
            }
            client.onCompleted();
        }

        /** A hundred traces of a mebibyte. */
        @Override
        public void findTraces(FindTracesRequest request, StreamObserver<TracesData> client) {
            String fill = "x".repeat(1 << 20);
            for (int i = 0; i < request.getQuery().getSearchDepth(); i++) {
                client.onNext(Spans.batch(entry(
                        "cart", span("%032x".formatted(i + 1), 1, "op", i).addAttributes(text("fill", fill)))));
            }
            client.onCompleted();
        }

        @Override
        public void getServices(GetServicesRequest request, StreamObserver<GetServicesResponse> client) {
            try {
                ended.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void getOperations(GetOperationsRequest request, StreamObserver<GetOperationsResponse> client) {
            client.onError(Status.UNKNOWN.withDescription("the disk is full").asRuntimeException());
        }
    }

    @BeforeEach
    void start() {
        server = Server.builder()
                .http(new InetSocketAddress("127.0.0.1", 0))
                .service(GrpcService.builder()
                        .addService(odd)
                        .useBlockingTaskExecutor(true)
                        .build())
                .build();
        server.start().join();
        address = "127.0.0.1:" + server.activeLocalPort();
    }

    @AfterEach
    void stop() {
        odd.ended.countDown();
        server.stop().join();
    }

    private RemoteJaeger jaeger() {
        return new RemoteJaeger(address, 1_000, registry);
    }

    @Test
    void aTraceIsWhatAllMessagesSayOfItOnce() {
        assertThat(jaeger().trace(TRACE_A).orElseThrow().spans())
                .extracting(entry -> entry.span().getName())
                .containsExactly("GET /", "GET /cart");
        assertThat(jaeger().trace(TRACE_B)).isEmpty();
    }

    @Test
    void anAnswerThatIsLargerThanWhatMayBeHeldIsAnErrorThatSaysSo() {
        assertThat(jaeger().search(new TraceQuery("cart", null, Map.of(), Range.ANY, Range.ANY, FEW)))
                .toIterable()
                .hasSize(FEW)
                .first()
                .satisfies(newest -> assertThat(newest.spans().getFirst().span().getStartTimeUnixNano())
                        .isEqualTo(EPOCH + (FEW - 1) * 1_000_000));
        assertThatThrownBy(() -> jaeger().search(ANY))
                .isInstanceOf(SourceUnavailableException.class)
                .hasMessageContaining("more than the 64 MiB that are held at a time: ask for fewer traces");
    }

    @Test
    void anAnswerThatTakesTooLongIsGivenUp() {
        RemoteJaeger hasty = new RemoteJaeger(address, 1_000, Duration.ofMillis(200), registry);
        assertThatThrownBy(hasty::services)
                .isInstanceOf(QueryTimeoutException.class)
                .hasMessageContaining("200 ms");
    }

    /** What a server does that sees the deadline it was told before its client does. */
    @Test
    void aCallThatJaegerGivesUpAtItsDeadlineTookTooLong() {
        assertThatThrownBy(() -> jaeger().trace(GIVEN_UP)).isInstanceOf(QueryTimeoutException.class);
        assertThat(timed("trace", "cancelled")).isEqualTo(1);
    }

    @Test
    void failuresSayWhoseTheyAreAndAreCounted() {
        assertThatThrownBy(() -> jaeger().operations("cart"))
                .isInstanceOf(SourceUnavailableException.class)
                .hasMessage("Jaeger at " + address + " answers UNKNOWN, the disk is full");
        assertThatThrownBy(() -> jaeger().dependencies(Range.ANY))
                .isInstanceOf(UnsupportedQueryException.class)
                .hasMessageContaining("UNIMPLEMENTED");
        assertThat(jaeger().trace(TRACE_A)).isPresent();
        assertThat(timed("operations", "unknown")).isEqualTo(1);
        assertThat(timed("dependencies", "unimplemented")).isEqualTo(1);
        assertThat(timed("trace", "ok")).isEqualTo(1);
    }

    private long timed(String call, String outcome) {
        return registry.get("tracery.search.jaeger")
                .tags("call", call, "outcome", outcome)
                .timer()
                .count();
    }

    @Test
    void theWholeSearchRunsOnIt() throws Exception {
        SearchApp search = SearchApp.build(SearchConfig.reading(address).withPort(0), registry);
        try (search) {
            search.start();
            assertThat(search.ready()).isTrue();
            String url = "http://127.0.0.1:" + search.port() + "/api/";
            assertThat(get(url + "traces/" + TRACE_A, 200))
                    .contains("GET /cart")
                    .contains("\"serviceName\":\"front\"");
            assertThat(get(url + "traces/" + TRACE_A + "/analysis", 200)).contains("criticalPath");
            assertThat(get(url + "traces/" + TRACE_B, 404)).contains("trace not found");
            assertThat(get(url + "traces?service=cart&limit=5", 200)).contains("\"total\":5");
            assertThat(get(url + "metrics/calls?service=cart", 501)).contains("monitor tab");
            assertThat(get(url + "dependencies", 501)).contains("UNIMPLEMENTED");
            assertThat(get(url + "services/cart/operations", 503)).contains("the disk is full");
            server.stop().join();
            assertThat(get(url + "traces/" + TRACE_A, 503))
                    .contains("Jaeger at " + address
                            + " does not answer: is it running, and is traces.jaeger its gRPC port?");
        }
    }

    private static String get(String url, int status) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response =
                    client.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
            return response.body();
        }
    }
}
