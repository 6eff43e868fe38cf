package io.tracery.pipeline.ingest;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.tracery.process.Component;
import io.tracery.process.ServerPort;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** The OTLP front door: a gRPC port and an HTTP port that share one way into Kafka and one limit. */
public final class OtlpReceivers implements Component {

    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_CONNECTIONS = 1024;

    private final Publisher publisher;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Limits limits;
    private final Server grpc;
    private final Server http;

    /**
     * The receivers' bounds.
     *
     * @param requestBytes largest export request, unpacked
     * @param recordBytes largest Kafka record made of it
     * @param inFlight exports under way at once, over both ports
     */
    public record Limits(int requestBytes, int recordBytes, int inFlight) {}

    /**
     * @param kafka bootstrap servers of the Kafka that exports go to
     * @param pages what else is answered on the HTTP port, by path
     */
    public OtlpReceivers(
            InetSocketAddress grpcAddress,
            InetSocketAddress httpAddress,
            Limits limits,
            String kafka,
            Map<String, HttpService> pages,
            MeterRegistry registry) {
        this(grpcAddress, httpAddress, limits, Publisher.to(kafka), pages, registry);
    }

    OtlpReceivers(
            InetSocketAddress grpcAddress,
            InetSocketAddress httpAddress,
            Limits limits,
            Publisher publisher,
            Map<String, HttpService> pages,
            MeterRegistry registry) {
        this.limits = limits;
        this.publisher = publisher;
        Intake intake = new Intake(publisher, limits.recordBytes(), registry);
        AtomicInteger inFlight = new AtomicInteger();
        Gauge.builder("tracery.pipeline.exports.in.flight", inFlight, AtomicInteger::get)
                .description("OTLP exports that are under way")
                .register(registry);
        Refusals refusals = new Refusals(registry);
        this.grpc = server(grpcAddress)
                .errorHandler(new TooLarge(
                        limits.requestBytes(),
                        (type, refused) -> AggregatedHttpResponse.of(GrpcExports.trailersOnly(refused))))
                .service(
                        GrpcExports.service(intake, executor, limits.requestBytes()),
                        service -> new InFlightLimit(
                                service,
                                inFlight,
                                limits.inFlight(),
                                refusals,
                                (request, refused) -> HttpResponse.of(GrpcExports.trailersOnly(refused))))
                .build();
        this.http = httpServer(httpAddress, intake, inFlight, refusals, pages);
    }

    private Server httpServer(
            InetSocketAddress address,
            Intake intake,
            AtomicInteger inFlight,
            Refusals refusals,
            Map<String, HttpService> pages) {
        ServerBuilder builder = server(address).errorHandler(new TooLarge(limits.requestBytes(), HttpExports::refusal));
        pages.forEach((path, page) -> builder.service(
                Route.builder().path(path).methods(HttpMethod.GET).build(), page));
        for (var path : Map.of("/v1/traces", traces(intake), "/v1/metrics", metrics(intake))
                .entrySet()) {
            HttpService exports = new HttpExports(path.getValue(), executor, limits.requestBytes());
            builder.service(
                    Route.builder().path(path.getKey()).methods(HttpMethod.POST).build(),
                    new InFlightLimit(
                            exports,
                            inFlight,
                            limits.inFlight(),
                            refusals,
                            (request, refused) -> HttpExports.refusal(request.contentType(), refused)
                                    .toHttpResponse()));
        }
        return builder.service(
                        "/v1/logs",
                        (ctx, req) -> HttpResponse.of(
                                HttpStatus.NOT_FOUND,
                                MediaType.PLAIN_TEXT_UTF_8,
                                "logs are not kept here; switch the logs exporter off (OTEL_LOGS_EXPORTER=none)\n"))
                .build();
    }

    private ServerBuilder server(InetSocketAddress address) {
        return Server.builder()
                .http(address)
                .requestTimeout(REQUEST_TIMEOUT)
                .maxRequestLength(limits.requestBytes())
                .maxNumConnections(MAX_CONNECTIONS)
                .gracefulShutdownTimeout(Duration.ZERO, DRAIN_TIMEOUT);
    }

    private static HttpExports.Signal traces(Intake intake) {
        return new HttpExports.Signal() {
            @Override
            public Message export(byte[] protobuf) throws InvalidProtocolBufferException {
                return intake.traces(ExportTraceServiceRequest.parseFrom(protobuf));
            }

            @Override
            public Message exportJson(String json) throws InvalidProtocolBufferException {
                return intake.traces(OtlpJson.traces(json));
            }
        };
    }

    private static HttpExports.Signal metrics(Intake intake) {
        return new HttpExports.Signal() {
            @Override
            public Message export(byte[] protobuf) throws InvalidProtocolBufferException {
                return intake.metrics(ExportMetricsServiceRequest.parseFrom(protobuf));
            }

            @Override
            public Message exportJson(String json) throws InvalidProtocolBufferException {
                return intake.metrics(OtlpJson.metrics(json));
            }
        };
    }

    @Override
    public String name() {
        return "otlp-receivers";
    }

    @Override
    public void start() {
        publisher.open();
        ServerPort.open(grpc, "OTLP gRPC");
        ServerPort.open(http, "OTLP HTTP");
    }

    /** The gRPC port in use; of interest where port 0 was asked for. */
    public int grpcPort() {
        return grpc.activeLocalPort();
    }

    /** The HTTP port in use; of interest where port 0 was asked for. */
    public int httpPort() {
        return http.activeLocalPort();
    }

    @Override
    public boolean ready() {
        return grpc.activePort() != null && http.activePort() != null;
    }

    @Override
    public void close() {
        var stopped = grpc.stop();
        http.stop().join();
        stopped.join();
        publisher.close();
        executor.shutdownNow();
    }
}
