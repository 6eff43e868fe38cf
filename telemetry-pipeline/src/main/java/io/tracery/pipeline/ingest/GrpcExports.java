package io.tracery.pipeline.ingest;

import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.grpc.GrpcExceptionHandlerFunction;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.grpc.DecompressorRegistry;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.collector.metrics.v1.MetricsServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import java.util.Base64;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** OTLP over gRPC: traces and metrics are taken; logs are answered with UNIMPLEMENTED, because nothing here keeps them. */
final class GrpcExports {

    private GrpcExports() {}

    /** @param executor runs what blocks; each export takes one of its threads until Kafka has acknowledged */
    static GrpcService service(Intake intake, Executor executor, int maxRequestBytes) {
        return GrpcService.builder()
                .addService(new Traces(intake, executor))
                .addService(new Metrics(intake, executor))
                .addService(new LogsServiceGrpc.LogsServiceImplBase() {})
                .maxRequestMessageLength(maxRequestBytes)
                .decompressorRegistry(DecompressorRegistry.getDefaultInstance().with(new Zstandard(), true))
                .exceptionHandler(sendersMistakes(maxRequestBytes))
                .build();
    }

    /** Names what a sender can mend; by default both would arrive as failures of the receiver. */
    private static GrpcExceptionHandlerFunction sendersMistakes(int maxRequestBytes) {
        return (ctx, status, cause, metadata) -> {
            for (Throwable link = cause; link != null; link = link.getCause()) {
                if (link instanceof InvalidProtocolBufferException) {
                    return Status.INVALID_ARGUMENT.withDescription(
                            "the message is not the OTLP export request of this service: " + link.getMessage());
                }
                if (link instanceof ContentTooLargeException) {
                    return Status.RESOURCE_EXHAUSTED.withDescription(
                            RefusedException.tooLarge(maxRequestBytes).getMessage());
                }
            }
            return status;
        };
    }

    /** A refusal before the message is read: gRPC's trailers alone, with the status message among them. */
    static ResponseHeaders trailersOnly(RefusedException refused) {
        return ResponseHeaders.builder(HttpStatus.OK)
                .set("content-type", "application/grpc")
                .setInt("grpc-status", refused.refusal().grpcCode().value())
                .set("grpc-message", refused.status().getMessage())
                .set(
                        "grpc-status-details-bin",
                        Base64.getEncoder()
                                .withoutPadding()
                                .encodeToString(refused.status().toByteArray()))
                .build();
    }

    /** Refuses a message whose length is announced and too large the way gRPC says it, not with HTTP's 413. */
    static ServerErrorHandler tooLargeAsGrpc(int maxRequestBytes) {
        return new ServerErrorHandler() {
            @Override
            public @Nullable HttpResponse onServiceException(ServiceRequestContext ctx, Throwable cause) {
                return null;
            }

            @Override
            public @Nullable AggregatedHttpResponse renderStatus(
                    @Nullable ServiceRequestContext ctx,
                    ServiceConfig config,
                    @Nullable RequestHeaders headers,
                    HttpStatus status,
                    @Nullable String description,
                    @Nullable Throwable cause) {
                return status.equals(HttpStatus.REQUEST_ENTITY_TOO_LARGE)
                        ? AggregatedHttpResponse.of(trailersOnly(RefusedException.tooLarge(maxRequestBytes)))
                        : null;
            }
        };
    }

    private static <R> void answer(StreamObserver<R> observer, Executor executor, Supplier<R> export) {
        executor.execute(() -> {
            R response;
            try {
                response = export.get();
            } catch (RuntimeException e) {
                observer.onError(StatusProto.toStatusRuntimeException(
                        RefusedException.of(e).status()));
                return;
            }
            observer.onNext(response);
            observer.onCompleted();
        });
    }

    private static final class Traces extends TraceServiceGrpc.TraceServiceImplBase {
        private final Intake intake;
        private final Executor executor;

        Traces(Intake intake, Executor executor) {
            this.intake = intake;
            this.executor = executor;
        }

        @Override
        public void export(ExportTraceServiceRequest request, StreamObserver<ExportTraceServiceResponse> observer) {
            answer(observer, executor, () -> intake.traces(request));
        }
    }

    private static final class Metrics extends MetricsServiceGrpc.MetricsServiceImplBase {
        private final Intake intake;
        private final Executor executor;

        Metrics(Intake intake, Executor executor) {
            this.intake = intake;
            this.executor = executor;
        }

        @Override
        public void export(ExportMetricsServiceRequest request, StreamObserver<ExportMetricsServiceResponse> observer) {
            answer(observer, executor, () -> intake.metrics(request));
        }
    }
}
