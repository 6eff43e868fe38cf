package io.tracery.pipeline.ingest;

import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.grpc.GrpcExceptionHandlerFunction;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.grpc.DecompressorRegistry;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.collector.metrics.v1.MetricsServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import java.io.IOException;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** OTLP over gRPC: traces and metrics are taken; logs are answered with UNIMPLEMENTED, because nothing here keeps them. */
final class GrpcExports {

    private static final String IDENTITY = "identity";
    private static final DecompressorRegistry DECOMPRESSORS =
            DecompressorRegistry.getDefaultInstance().with(new Zstandard(), true);

    private GrpcExports() {}

    /** @param executor runs what blocks; each export takes one of its threads until Kafka has acknowledged */
    static GrpcService service(Intake intake, Executor executor, int maxRequestBytes) {
        return GrpcService.builder()
                .addService(new Traces(intake, executor))
                .addService(new Metrics(intake, executor))
                .addService(new LogsServiceGrpc.LogsServiceImplBase() {})
                .maxRequestMessageLength(maxRequestBytes)
                .decompressorRegistry(DECOMPRESSORS)
                .exceptionHandler(refusing(maxRequestBytes))
                .build();
    }

    /** Names what a sender can mend; by default it would arrive as a failure of the receiver. */
    private static GrpcExceptionHandlerFunction refusing(int maxRequestBytes) {
        return (ctx, status, cause, metadata) -> {
            HttpRequest request = ctx.request();
            String encoding = request == null ? IDENTITY : request.headers().get("grpc-encoding", IDENTITY);
            RefusedException refused = refused(encoding, cause, maxRequestBytes);
            if (refused == null) {
                return status;
            }
            StatusRuntimeException answer = StatusProto.toStatusRuntimeException(refused.status());
            metadata.merge(Objects.requireNonNull(answer.getTrailers()));
            return answer.getStatus();
        };
    }

    /** Null for what is no refusal, such as a call that was given up. */
    private static @Nullable RefusedException refused(String encoding, Throwable cause, int maxRequestBytes) {
        for (Throwable link = cause; link != null; link = link.getCause()) {
            if (link instanceof RefusedException refused) {
                return refused;
            }
            if (link instanceof ContentTooLargeException) {
                return RefusedException.tooLarge(maxRequestBytes);
            }
            // Of protobuf, or of what unpacks it.
            if (link instanceof IOException) {
                return new RefusedException(
                        Refusal.MALFORMED,
                        "the message is not the OTLP export request of this service: " + link.getMessage());
            }
        }
        return cause instanceof StatusRuntimeException unread
                ? unread(encoding, unread.getStatus(), maxRequestBytes)
                : null;
    }

    /** What Armeria says of a message that it cannot unpack. */
    private static @Nullable RefusedException unread(String encoding, Status status, int maxRequestBytes) {
        return switch (status.getCode()) {
            case RESOURCE_EXHAUSTED -> RefusedException.tooLarge(maxRequestBytes);
            case INTERNAL ->
                DECOMPRESSORS.lookupDecompressor(encoding) == null
                        ? new RefusedException(
                                Refusal.UNSUPPORTED, "grpc-encoding is " + encoding + "; send gzip, zstd or none")
                        : new RefusedException(
                                Refusal.MALFORMED, "the message is not " + encoding + ": " + status.getDescription());
            default -> null;
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

    private static <R> void answer(StreamObserver<R> observer, Executor executor, Supplier<R> export) {
        executor.execute(() -> {
            R response;
            try {
                response = export.get();
            } catch (RuntimeException e) {
                observer.onError(RefusedException.of(e));
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
