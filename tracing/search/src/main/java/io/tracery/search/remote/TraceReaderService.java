package io.tracery.search.remote;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.search.protocol.FindTraceIDsRequest;
import io.tracery.search.protocol.FindTraceIDsResponse;
import io.tracery.search.protocol.FindTraceSummariesRequest;
import io.tracery.search.protocol.FindTraceSummariesResponse;
import io.tracery.search.protocol.FindTracesRequest;
import io.tracery.search.protocol.FoundTraceID;
import io.tracery.search.protocol.GetOperationsRequest;
import io.tracery.search.protocol.GetOperationsResponse;
import io.tracery.search.protocol.GetServicesRequest;
import io.tracery.search.protocol.GetServicesResponse;
import io.tracery.search.protocol.GetTraceParams;
import io.tracery.search.protocol.GetTracesRequest;
import io.tracery.search.protocol.Operation;
import io.tracery.search.protocol.ServiceSummary;
import io.tracery.search.protocol.TraceReaderGrpc;
import io.tracery.search.protocol.TraceSummary;
import io.tracery.search.store.SpanEntry;
import io.tracery.search.store.TraceQuery;
import io.tracery.search.store.TraceSource;
import io.tracery.search.store.TraceSource.Trace;
import io.tracery.search.trace.Summary;
import io.tracery.search.trace.TraceView;
import io.tracery.search.trace.TraceView.Mode;
import java.util.HexFormat;
import java.util.Iterator;

/** Traces for a stock Jaeger: no chunk has spans of two traces, and none is larger than a gRPC client takes. */
final class TraceReaderService extends TraceReaderGrpc.TraceReaderImplBase {

    /** Clients take 4 MiB unless they are told otherwise. */
    private static final int CHUNK_BYTES = 3 * 1024 * 1024;

    private static final int TRACE_ID_BYTES = 16;

    private final TraceSource source;
    private final Admission admission;

    TraceReaderService(TraceSource source, Admission admission) {
        this.source = source;
        this.admission = admission;
    }

    @Override
    public void getTraces(GetTracesRequest request, StreamObserver<TracesData> observer) {
        admission.answer(observer, client -> {
            if (request.getQueryCount() > TraceQuery.MOST_TRACES) {
                throw Status.INVALID_ARGUMENT
                        .withDescription(request.getQueryCount() + " traces are asked for, at most "
                                + TraceQuery.MOST_TRACES + " are answered; ask in parts")
                        .asRuntimeException();
            }
            for (GetTraceParams asked : request.getQueryList()) {
                source.trace(hex(asked.getTraceId())).ifPresent(trace -> send(trace, client));
            }
        });
    }

    @Override
    public void getServices(GetServicesRequest request, StreamObserver<GetServicesResponse> observer) {
        admission.answer(
                observer,
                client -> client.send(GetServicesResponse.newBuilder()
                        .addAllServices(source.services())
                        .build()));
    }

    @Override
    public void getOperations(GetOperationsRequest request, StreamObserver<GetOperationsResponse> observer) {
        admission.answer(observer, client -> {
            GetOperationsResponse.Builder answer = GetOperationsResponse.newBuilder();
            for (io.tracery.search.store.Operation operation : source.operations(request.getService())) {
                String kind = operation.kind().label();
                if (request.getSpanKind().isEmpty() || request.getSpanKind().equals(kind)) {
                    answer.addOperations(
                            Operation.newBuilder().setName(operation.name()).setSpanKind(kind));
                }
            }
            client.send(answer.build());
        });
    }

    @Override
    public void findTraces(FindTracesRequest request, StreamObserver<TracesData> observer) {
        admission.answer(observer, client -> {
            Iterator<Trace> found = source.search(Wire.query(request.getQuery()));
            found.forEachRemaining(trace -> send(trace, client));
        });
    }

    @Override
    public void findTraceIDs(FindTraceIDsRequest request, StreamObserver<FindTraceIDsResponse> observer) {
        admission.answer(observer, client -> {
            FindTraceIDsResponse.Builder answer = FindTraceIDsResponse.newBuilder();
            source.search(Wire.query(request.getQuery())).forEachRemaining(trace -> {
                Summary summary = Summary.of(TraceView.of(trace, Mode.RAW));
                answer.addTraceIds(FoundTraceID.newBuilder()
                        .setTraceId(bytes(trace.traceId()))
                        .setStart(Wire.timestamp(summary.start()))
                        .setEnd(Wire.timestamp(summary.end())));
            });
            client.send(answer.build());
        });
    }

    @Override
    public void findTraceSummaries(
            FindTraceSummariesRequest request, StreamObserver<FindTraceSummariesResponse> observer) {
        admission.answer(
                observer,
                client -> source.search(Wire.query(request.getQuery()))
                        .forEachRemaining(trace -> client.send(FindTraceSummariesResponse.newBuilder()
                                .addSummaries(summary(Summary.of(TraceView.of(trace, Mode.ADJUSTED))))
                                .build())));
    }

    private static TraceSummary summary(Summary summary) {
        TraceSummary.Builder message = TraceSummary.newBuilder()
                .setTraceId(bytes(summary.traceId()))
                .setRootServiceName(summary.rootService())
                .setRootOperationName(summary.rootOperation())
                .setMinStartTimeUnixNano(summary.start())
                .setMaxEndTimeUnixNano(summary.end())
                .setSpanCount(summary.spans())
                .setErrorSpanCount(summary.errors())
                .setOrphanSpanCount(summary.orphans());
        for (Summary.Service service : summary.services()) {
            message.addServices(ServiceSummary.newBuilder()
                    .setName(service.name())
                    .setSpanCount(service.spans())
                    .setErrorSpanCount(service.errors()));
        }
        return message.build();
    }

    private static void send(Trace trace, Client<TracesData> client) {
        TracesData.Builder chunk = TracesData.newBuilder();
        int bytes = 0;
        for (SpanEntry entry : trace.spans()) {
            int more = entry.otlp().getSerializedSize();
            if (bytes > 0 && bytes + more > CHUNK_BYTES) {
                client.send(chunk.build());
                chunk = TracesData.newBuilder();
                bytes = 0;
            }
            chunk.addResourceSpans(entry.otlp());
            bytes += more;
        }
        client.send(chunk.build());
    }

    private static String hex(ByteString traceId) {
        if (traceId.size() != TRACE_ID_BYTES) {
            throw Status.INVALID_ARGUMENT
                    .withDescription("a trace id has 16 bytes, not " + traceId.size())
                    .asRuntimeException();
        }
        return SpanEntry.hex(traceId);
    }

    private static ByteString bytes(String traceId) {
        return ByteString.copyFrom(HexFormat.of().parseHex(traceId));
    }
}
