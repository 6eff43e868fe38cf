package io.tracery.search.remote;

import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.search.protocol.query.DependenciesResponse;
import io.tracery.search.protocol.query.Dependency;
import io.tracery.search.protocol.query.FindTracesRequest;
import io.tracery.search.protocol.query.GetDependenciesRequest;
import io.tracery.search.protocol.query.GetOperationsRequest;
import io.tracery.search.protocol.query.GetOperationsResponse;
import io.tracery.search.protocol.query.GetServicesRequest;
import io.tracery.search.protocol.query.GetServicesResponse;
import io.tracery.search.protocol.query.GetTraceRequest;
import io.tracery.search.protocol.query.Operation;
import io.tracery.search.protocol.query.QueryServiceGrpc.QueryServiceImplBase;
import io.tracery.search.protocol.query.TraceQueryParameters;
import io.tracery.search.store.SpanEntry;
import io.tracery.search.store.Spans;
import io.tracery.search.store.TraceQuery;
import io.tracery.search.store.TraceQuery.Range;
import io.tracery.search.store.TraceSource;
import io.tracery.search.store.TraceSource.Trace;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * What a stock Jaeger says, of the traces of another source: times must be there, a trace is a message, its spans, the traces and all names come
 * in no order, and a trace that is missing is an error.
 */
final class FakeJaeger extends QueryServiceImplBase implements AutoCloseable {

    private final TraceSource source;
    private final Random random = new Random(11);
    private final Server server;

    FakeJaeger(TraceSource source) {
        this.source = source;
        this.server = Server.builder()
                .http(new InetSocketAddress("127.0.0.1", 0))
                .service(GrpcService.builder()
                        .addService(this)
                        .useBlockingTaskExecutor(true)
                        .build())
                .build();
        server.start().join();
    }

    String address() {
        return "127.0.0.1:" + server.activeLocalPort();
    }

    private <T> List<T> shuffled(List<T> list) {
        List<T> shuffled = new ArrayList<>(list);
        Collections.shuffle(shuffled, random);
        return shuffled;
    }

    private TracesData message(Trace trace) {
        return Spans.batch(shuffled(trace.spans()).toArray(SpanEntry[]::new));
    }

    @Override
    public void getTrace(GetTraceRequest request, StreamObserver<TracesData> client) {
        source.trace(request.getTraceId())
                .ifPresentOrElse(
                        trace -> {
                            client.onNext(message(trace));
                            client.onCompleted();
                        },
                        () -> client.onError(Status.NOT_FOUND
                                .withDescription("trace not found")
                                .asRuntimeException()));
    }

    @Override
    public void findTraces(FindTracesRequest request, StreamObserver<TracesData> client) {
        TraceQueryParameters asked = request.getQuery();
        if (!asked.hasStartTimeMin() || !asked.hasStartTimeMax()) {
            client.onError(Status.UNKNOWN
                    .withDescription("start time min and max are required parameters")
                    .asRuntimeException());
            return;
        }
        List<Trace> found = new ArrayList<>();
        source.search(new TraceQuery(
                        asked.getServiceName(),
                        asked.getOperationName(),
                        asked.getAttributesMap(),
                        new Range(Wire.nanos(asked.getStartTimeMin()), Wire.nanos(asked.getStartTimeMax())),
                        new Range(
                                Wire.nanos(asked.getDurationMin()),
                                asked.hasDurationMax() ? Wire.nanos(asked.getDurationMax()) : Long.MAX_VALUE),
                        asked.getSearchDepth()))
                .forEachRemaining(found::add);
        shuffled(found).forEach(trace -> client.onNext(message(trace)));
        client.onCompleted();
    }

    @Override
    public void getServices(GetServicesRequest request, StreamObserver<GetServicesResponse> client) {
        client.onNext(GetServicesResponse.newBuilder()
                .addAllServices(shuffled(source.services()))
                .build());
        client.onCompleted();
    }

    @Override
    public void getOperations(GetOperationsRequest request, StreamObserver<GetOperationsResponse> client) {
        GetOperationsResponse.Builder answer = GetOperationsResponse.newBuilder();
        shuffled(source.operations(request.getService()))
                .forEach(operation -> answer.addOperations(Operation.newBuilder()
                        .setName(operation.name())
                        .setSpanKind(operation.kind().label())));
        client.onNext(answer.build());
        client.onCompleted();
    }

    @Override
    public void getDependencies(GetDependenciesRequest request, StreamObserver<DependenciesResponse> client) {
        DependenciesResponse.Builder answer = DependenciesResponse.newBuilder();
        source.dependencies(new Range(Wire.nanos(request.getStartTime()), Wire.nanos(request.getEndTime())))
                .forEach(found -> answer.addDependencies(Dependency.newBuilder()
                        .setParent(found.parent())
                        .setChild(found.child())
                        .setCallCount(found.calls())));
        client.onNext(answer.build());
        client.onCompleted();
    }

    @Override
    public void close() {
        server.stop().join();
    }
}
