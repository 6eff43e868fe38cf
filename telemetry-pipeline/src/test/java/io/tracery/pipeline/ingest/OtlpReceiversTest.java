package io.tracery.pipeline.ingest;

import static io.tracery.pipeline.otlp.Batches.TRACE_A;
import static io.tracery.pipeline.otlp.Batches.TRACE_B;
import static io.tracery.pipeline.otlp.Batches.span;
import static io.tracery.pipeline.otlp.Batches.spans;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpRequestWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.search.Search;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.MetricsServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.tracery.pipeline.otlp.Batches;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OtlpReceiversTest {

    private static final int MAX_REQUEST_BYTES = 100_000;
    private static final OtlpReceivers.Limits LIMITS = new OtlpReceivers.Limits(MAX_REQUEST_BYTES, 50_000, 2);
    private static final String GRPC_EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    private static final MediaType PROTOBUF = HttpExports.PROTOBUF;

    private static final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    // Answers nothing by itself, so that the tests say when Kafka acknowledges.
    private static final MockProducer<byte[], byte[]> kafka =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    // One for all tests: closing a server takes seconds.
    private static final OtlpReceivers receivers = new OtlpReceivers(
            new InetSocketAddress("127.0.0.1", 0),
            new InetSocketAddress("127.0.0.1", 0),
            LIMITS,
            new Publisher(() -> kafka),
            Map.of(),
            registry);

    private final Map<Meter.Id, Double> countsBefore = new HashMap<>();

    @BeforeAll
    static void start() {
        receivers.start();
    }

    @BeforeEach
    void rememberCounts() {
        kafka.clear();
        Search.in(registry).counters().forEach(counter -> countsBefore.put(counter.getId(), counter.count()));
    }

    @AfterAll
    static void stop() {
        receivers.close();
    }

    @Test
    void answersOnlyOnceKafkaHasAcknowledged() {
        CompletableFuture<AggregatedHttpResponse> answer =
                post("/v1/traces", PROTOBUF, twoTraces().toByteArray());
        await().until(() -> kafka.history().size() == 2);
        assertThat(answer).isNotDone();

        assertThat(kafka.completeNext()).isTrue();
        assertThat(answer).isNotDone();
        assertThat(kafka.completeNext()).isTrue();

        assertThat(answer.join().status()).isEqualTo(HttpStatus.OK);
        assertThat(kafka.history()).extracting(record -> record.topic()).containsOnly("mesh_spans");
        assertThat(kafka.history())
                .extracting(record -> new String(record.key(), StandardCharsets.US_ASCII))
                .containsExactly(TRACE_A, TRACE_B);
        assertThat(count("spans", "accepted", "")).isEqualTo(2);
        assertThat(count("spans", "passed", "")).isEqualTo(2);
    }

    @Test
    void tellsTheSenderToRetryWhenKafkaFails() {
        CompletableFuture<AggregatedHttpResponse> answer =
                post("/v1/traces", PROTOBUF, twoTraces().toByteArray());
        await().until(() -> kafka.history().size() == 2);
        assertThat(kafka.errorNext(new TimeoutException("no broker"))).isTrue();
        assertThat(kafka.completeNext()).isTrue();

        assertThat(answer.join().status()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
        assertThat(answer.join().headers().get(HttpHeaderNames.RETRY_AFTER)).isEqualTo("1");
        assertThat(status(answer.join()).getMessage()).contains("send it again later", "no broker");
        assertThat(count("spans", "dropped", "kafka")).isEqualTo(2);
    }

    @Test
    void tellsAGrpcSenderToRetryWhenKafkaFails() {
        var call = exportTwoTraces();
        await().until(() -> kafka.history().size() == 2);
        assertThat(kafka.errorNext(new TimeoutException("no broker"))).isTrue();
        assertThat(kafka.completeNext()).isTrue();

        assertThatThrownBy(call::get).cause().satisfies(failure -> {
            assertThat(Status.fromThrowable(failure).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(retryDelaySeconds(failure)).isEqualTo(1);
        });
    }

    @Test
    void takesTracesAndMetricsOverGrpc() throws Exception {
        var traces = exportTwoTraces();
        await().until(() -> kafka.history().size() == 2);
        acknowledge(2);
        assertThat(traces.get()).isEqualTo(ExportTraceServiceResponse.getDefaultInstance());

        var metrics = CompletableFuture.supplyAsync(() -> grpc(MetricsServiceGrpc.MetricsServiceBlockingStub.class)
                .export(ExportMetricsServiceRequest.newBuilder()
                        .addResourceMetrics(Batches.metrics(
                                Batches.resource("service.name", "cart", "service.namespace", "shop"),
                                Batches.sum("orders", 3)))
                        .build()));
        await().until(() -> kafka.history().size() == 3);
        assertThat(kafka.completeNext()).isTrue();
        assertThat(metrics.get().hasPartialSuccess()).isFalse();
        assertThat(kafka.history().get(2).topic()).isEqualTo("otlp_metrics");
        assertThat(kafka.history().get(2).key()).asString().isEqualTo("shop/cart");
        assertThat(count("points", "passed", "")).isEqualTo(3);
    }

    @Test
    void saysThatLogsAreNotImplemented() {
        var logs = grpc(LogsServiceGrpc.LogsServiceBlockingStub.class);
        assertThatThrownBy(() -> logs.export(ExportLogsServiceRequest.getDefaultInstance()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        failure -> assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED));
    }

    @Test
    void takesTheValidSpansAndNamesTheRestInAPartialSuccess() throws Exception {
        String json = """
                {"resourceSpans": [{"scopeSpans": [{"spans": [
                  {"traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "00f067aa0ba902b7", "name": "good"},
                  {"traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "zz", "name": "bad"}]}]}]}""";
        CompletableFuture<AggregatedHttpResponse> answer =
                post("/v1/traces", MediaType.JSON, json.getBytes(StandardCharsets.UTF_8));
        await().until(() -> kafka.history().size() == 1);
        assertThat(kafka.completeNext()).isTrue();

        assertThat(answer.join().status()).isEqualTo(HttpStatus.OK);
        assertThat(answer.join().contentType()).isEqualTo(MediaType.JSON);
        assertThat(answer.join().contentUtf8())
                .contains("\"rejectedSpans\":\"1\"")
                .contains("bad", "has no valid span id");
        assertThat(count("spans", "accepted", "")).isEqualTo(2);
        assertThat(count("spans", "dropped", "invalid_id")).isEqualTo(1);
    }

    @Test
    void readsGzip() throws Exception {
        CompletableFuture<AggregatedHttpResponse> answer =
                post("/v1/traces", PROTOBUF, gzip(twoTraces().toByteArray()), "gzip");
        await().until(() -> kafka.history().size() == 2);
        acknowledge(2);
        assertThat(answer.join().status()).isEqualTo(HttpStatus.OK);
    }

    @Test
    void readsZstdOverHttpAndGrpc() throws Exception {
        CompletableFuture<AggregatedHttpResponse> answer =
                post("/v1/traces", PROTOBUF, Zstd.compress(twoTraces().toByteArray()), "zstd");
        await().until(() -> kafka.history().size() == 2);
        acknowledge(2);
        assertThat(answer.join().status()).isEqualTo(HttpStatus.OK);

        CompletableFuture<AggregatedHttpResponse> grpc =
                grpcFrame(1, Zstd.compress(twoTraces().toByteArray()), "zstd");
        await().until(() -> kafka.history().size() == 4);
        acknowledge(2);
        assertThat(grpcStatus(grpc.join())).isEqualTo("0");
    }

    /** A few bytes that unpack to more than may come. */
    @Test
    void refusesZstdThatIsTooLargeOrNone() throws Exception {
        byte[] bomb = Zstd.compress(ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(
                        spans("cart", span(TRACE_A, "00f067aa0ba902b1").setName("x".repeat(10 * MAX_REQUEST_BYTES))))
                .build()
                .toByteArray());
        assertThat(bomb).hasSizeLessThan(MAX_REQUEST_BYTES / 10);
        assertThat(post("/v1/traces", PROTOBUF, bomb, "zstd").join().status())
                .isEqualTo(HttpStatus.REQUEST_ENTITY_TOO_LARGE);
        assertThat(post("/v1/traces", PROTOBUF, new byte[] {9, 9}, "zstd")
                        .join()
                        .status())
                .isEqualTo(HttpStatus.BAD_REQUEST);
        assertThat(grpcStatus(grpcFrame(1, bomb, "zstd").join())).isEqualTo("8");
        assertThat(kafka.history()).isEmpty();
    }

    private CompletableFuture<AggregatedHttpResponse> grpcFrame(int packed, byte[] message, String encoding) {
        byte[] frame = ByteBuffer.allocate(5 + message.length)
                .put((byte) packed)
                .putInt(message.length)
                .put(message)
                .array();
        return WebClient.of("h2c://127.0.0.1:" + receivers.grpcPort())
                .execute(
                        RequestHeaders.of(
                                HttpMethod.POST,
                                GRPC_EXPORT,
                                HttpHeaderNames.CONTENT_TYPE,
                                "application/grpc",
                                HttpHeaderNames.TE,
                                "trailers",
                                "grpc-encoding",
                                encoding),
                        frame)
                .aggregate();
    }

    private static String grpcStatus(AggregatedHttpResponse answer) {
        return answer.headers().get("grpc-status", answer.trailers().get("grpc-status", ""));
    }

    @Test
    void refusesWhatItCannotReadAndSaysWhy() throws Exception {
        AggregatedHttpResponse malformed =
                post("/v1/traces", PROTOBUF, new byte[] {1, 2, 3}).join();
        assertThat(malformed.status()).isEqualTo(HttpStatus.BAD_REQUEST);
        assertThat(status(malformed).getMessage()).contains("not an OTLP export request");
        assertThat(status(malformed).getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT.value());

        AggregatedHttpResponse notJson = post("/v1/metrics", MediaType.JSON, "{".getBytes(StandardCharsets.UTF_8))
                .join();
        assertThat(notJson.status()).isEqualTo(HttpStatus.BAD_REQUEST);
        assertThat(notJson.contentUtf8()).startsWith("{\"code\":3,\"message\":\"");

        assertThat(post("/v1/traces", MediaType.PLAIN_TEXT_UTF_8, new byte[0])
                        .join()
                        .status())
                .isEqualTo(HttpStatus.UNSUPPORTED_MEDIA_TYPE);
        assertThat(post("/v1/traces", PROTOBUF, new byte[0], "br").join().status())
                .isEqualTo(HttpStatus.UNSUPPORTED_MEDIA_TYPE);
        assertThat(post("/v1/traces", PROTOBUF, new byte[] {9, 9}, "gzip")
                        .join()
                        .status())
                .isEqualTo(HttpStatus.BAD_REQUEST);
        assertThat(post("/v1/logs", PROTOBUF, new byte[0]).join().status()).isEqualTo(HttpStatus.NOT_FOUND);
        assertThat(kafka.history()).isEmpty();
    }

    @Test
    void refusesARequestThatIsTooLargeBeforeOrAfterUnpacking() throws Exception {
        byte[] large = new byte[MAX_REQUEST_BYTES + 1];
        assertThat(post("/v1/traces", PROTOBUF, large).join().status()).isEqualTo(HttpStatus.REQUEST_ENTITY_TOO_LARGE);
        assertThat(post("/v1/traces", PROTOBUF, gzip(large), "gzip").join().status())
                .isEqualTo(HttpStatus.REQUEST_ENTITY_TOO_LARGE);

        var traces = grpc(TraceServiceGrpc.TraceServiceBlockingStub.class);
        for (var stub : List.of(traces, traces.withCompression("gzip"))) {
            assertThatThrownBy(() -> stub.export(huge()))
                    .satisfies(
                            failure -> assertThat(Status.fromThrowable(failure).getCode())
                                    .isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
        }
    }

    @Test
    void answersAMalformedGrpcMessageWithInvalidArgument() {
        assertThat(grpcStatus(grpcFrame(0, new byte[] {1, 2, 3}, "identity").join()))
                .isEqualTo("3");
    }

    @Test
    void refusesMoreExportsThanItsLimitAndSaysWhenToComeBack() {
        var first = post("/v1/traces", PROTOBUF, twoTraces().toByteArray());
        var second = exportTwoTraces();
        await().until(() -> kafka.history().size() == 4);

        AggregatedHttpResponse refused =
                post("/v1/traces", PROTOBUF, twoTraces().toByteArray()).join();
        assertThat(refused.status()).isEqualTo(HttpStatus.TOO_MANY_REQUESTS);
        assertThat(refused.headers().get(HttpHeaderNames.RETRY_AFTER)).isEqualTo("1");
        AggregatedHttpResponse refusedJson = post(
                        "/v1/traces", MediaType.JSON_UTF_8, "{}".getBytes(StandardCharsets.UTF_8))
                .join();
        assertThat(refusedJson.status()).isEqualTo(HttpStatus.TOO_MANY_REQUESTS);
        assertThat(jsonStatus(refusedJson)).startsWith("{\"code\":8,\"message\":\"more than 2 exports");
        assertThatThrownBy(() ->
                        grpc(TraceServiceGrpc.TraceServiceBlockingStub.class).export(twoTraces()))
                .satisfies(failure -> {
                    assertThat(Status.fromThrowable(failure).getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
                    assertThat(retryDelaySeconds(failure)).isEqualTo(1);
                });

        acknowledge(4);
        assertThat(first.join().status()).isEqualTo(HttpStatus.OK);
        await().until(second::isDone);
        await().until(() ->
                registry.get("tracery.pipeline.exports.in.flight").gauge().value() == 0);
        assertThat(refused("overloaded")).isEqualTo(3);
    }

    /** OTLP: the answer is of the request's own kind. */
    @Test
    void refusesJsonInJson() throws Exception {
        byte[] large = new byte[MAX_REQUEST_BYTES + 1];
        assertThat(jsonStatus(post("/v1/traces", MediaType.JSON_UTF_8, large).join()))
                .startsWith("{\"code\":8,\"message\":\"the request is larger than 100000 bytes");
        assertThat(jsonStatus(post("/v1/traces", MediaType.JSON_UTF_8, gzip(large), "gzip")
                        .join()))
                .startsWith("{\"code\":8,\"message\":\"the request is larger than 100000 bytes");
        assertThat(jsonStatus(post("/v1/metrics", MediaType.JSON, new byte[] {9, 9}, "gzip")
                        .join()))
                .startsWith("{\"code\":3,\"message\":\"the body is not gzip");
        assertThat(jsonStatus(
                        post("/v1/metrics", MediaType.JSON, new byte[0], "br").join()))
                .startsWith("{\"code\":12,\"message\":\"Content-Encoding is br");
        assertThat(status(post("/v1/traces", PROTOBUF, large).join()).getMessage())
                .startsWith("the request is larger than 100000 bytes");
    }

    private static String jsonStatus(AggregatedHttpResponse refused) {
        assertThat(refused.contentType()).isEqualTo(MediaType.JSON);
        return refused.contentUtf8();
    }

    @Test
    void countsOnceWhatItRefusesByItsReason() throws Exception {
        post("/v1/traces", PROTOBUF, new byte[] {1, 2, 3}).join();
        grpcFrame(0, new byte[] {1, 2, 3}, "identity").join();
        grpcFrame(1, new byte[] {9, 9}, "gzip").join();
        assertThat(refusedWhenAllIsAnswered("malformed")).isEqualTo(3);

        byte[] large = huge().toByteArray();
        assertThat(post("/v1/traces", PROTOBUF, large).join().status().code()).isEqualTo(413);
        assertThat(refusedWhenAllIsAnswered("too_large")).isEqualTo(1);
        post("/v1/traces", PROTOBUF, gzip(large), "gzip").join();
        assertThat(refusedWhenAllIsAnswered("too_large")).isEqualTo(2);
        grpcFrame(0, large, "identity").join();
        assertThat(refusedWhenAllIsAnswered("too_large")).isEqualTo(3);
        grpcFrame(1, gzip(large), "gzip").join();
        assertThat(refusedWhenAllIsAnswered("too_large")).isEqualTo(4);
        assertThat(jsonStatus(unannounced(receivers.httpPort(), "/v1/traces", MediaType.JSON)))
                .startsWith("{\"code\":8,\"message\":\"the request is larger");
        assertThat(refusedWhenAllIsAnswered("too_large")).isEqualTo(5);
        assertThat(grpcStatus(unannounced(receivers.grpcPort(), GRPC_EXPORT, MediaType.parse("application/grpc"))))
                .isEqualTo("8");
        assertThat(refusedWhenAllIsAnswered("too_large")).isEqualTo(6);

        post("/v1/traces", MediaType.PLAIN_TEXT_UTF_8, new byte[0]).join();
        post("/v1/traces", PROTOBUF, new byte[0], "br").join();
        assertThat(grpcStatus(grpcFrame(1, twoTraces().toByteArray(), "br").join()))
                .isEqualTo("12");
        assertThat(refusedWhenAllIsAnswered("unsupported")).isEqualTo(3);
        assertThat(refused("overloaded")).isZero();
        assertThat(refused("failed")).isZero();
    }

    /** Larger than may be, and nobody says so beforehand. */
    private static AggregatedHttpResponse unannounced(int port, String path, MediaType type) {
        HttpRequestWriter request = HttpRequest.streaming(
                RequestHeaders.builder(HttpMethod.POST, path).contentType(type).build());
        request.write(HttpData.wrap(new byte[MAX_REQUEST_BYTES]));
        request.write(HttpData.wrap(new byte[MAX_REQUEST_BYTES]));
        var answer = WebClient.of("h2c://127.0.0.1:" + port).execute(request).aggregate();
        request.close();
        return answer.join();
    }

    private double refusedWhenAllIsAnswered(String reason) {
        await().until(() ->
                registry.get("tracery.pipeline.exports.in.flight").gauge().value() == 0);
        return refused(reason);
    }

    private double refused(String reason) {
        Counter counter = registry.get("tracery.pipeline.exports.refused")
                .tag("reason", reason)
                .counter();
        return counter.count() - countsBefore.getOrDefault(counter.getId(), 0.0);
    }

    private void acknowledge(int records) {
        for (int i = 0; i < records; i++) {
            assertThat(kafka.completeNext()).isTrue();
        }
    }

    private static ExportTraceServiceRequest twoTraces() {
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(spans("cart", span(TRACE_A, "00f067aa0ba902b1"), span(TRACE_B, "00f067aa0ba902b2")))
                .build();
    }

    private static ExportTraceServiceRequest huge() {
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(
                        spans("cart", span(TRACE_A, "00f067aa0ba902b1").setName("x".repeat(MAX_REQUEST_BYTES))))
                .build();
    }

    private CompletableFuture<ExportTraceServiceResponse> exportTwoTraces() {
        return CompletableFuture.supplyAsync(
                () -> grpc(TraceServiceGrpc.TraceServiceBlockingStub.class).export(twoTraces()));
    }

    private <T> T grpc(Class<T> stub) {
        return GrpcClients.newClient("gproto+http://127.0.0.1:" + receivers.grpcPort(), stub);
    }

    private CompletableFuture<AggregatedHttpResponse> post(String path, MediaType type, byte[] body) {
        return post(path, type, body, "");
    }

    private CompletableFuture<AggregatedHttpResponse> post(String path, MediaType type, byte[] body, String encoding) {
        RequestHeadersBuilder headers =
                RequestHeaders.builder(HttpMethod.POST, path).contentType(type);
        if (!encoding.isEmpty()) {
            headers.set(HttpHeaderNames.CONTENT_ENCODING, encoding);
        }
        return WebClient.of("http://127.0.0.1:" + receivers.httpPort())
                .execute(headers.build(), body)
                .aggregate();
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write(plain);
        }
        return zipped.toByteArray();
    }

    private static com.google.rpc.Status status(AggregatedHttpResponse response) {
        try {
            return com.google.rpc.Status.parseFrom(response.content().array());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private static long retryDelaySeconds(Throwable failure) throws InvalidProtocolBufferException {
        com.google.rpc.Status status = StatusProto.fromThrowable(failure);
        assertThat(status).isNotNull();
        return status.getDetails(0).unpack(RetryInfo.class).getRetryDelay().getSeconds();
    }

    private double count(String unit, String outcome, String reason) {
        Counter counter = registry.get("tracery.pipeline." + unit)
                .tags("stage", "otlp", "outcome", outcome, "reason", reason)
                .counter();
        return counter.count() - countsBefore.getOrDefault(counter.getId(), 0.0);
    }
}
