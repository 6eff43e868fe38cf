package io.tracery.search.remote;

import io.grpc.stub.StreamObserver;
import io.tracery.search.protocol.Dependency;
import io.tracery.search.protocol.DependencyReaderGrpc;
import io.tracery.search.protocol.GetDependenciesRequest;
import io.tracery.search.protocol.GetDependenciesResponse;
import io.tracery.search.store.TraceQuery.Range;
import io.tracery.search.store.TraceSource;

/** Who calls whom, counted from what is stored. */
final class DependencyReaderService extends DependencyReaderGrpc.DependencyReaderImplBase {

    private final TraceSource source;
    private final Admission admission;

    DependencyReaderService(TraceSource source, Admission admission) {
        this.source = source;
        this.admission = admission;
    }

    @Override
    public void getDependencies(GetDependenciesRequest request, StreamObserver<GetDependenciesResponse> observer) {
        admission.answer(observer, client -> {
            Range range = new Range(
                    Wire.nanos(request.getStartTime()),
                    request.hasEndTime() ? Wire.nanos(request.getEndTime()) : Long.MAX_VALUE);
            GetDependenciesResponse.Builder answer = GetDependenciesResponse.newBuilder();
            source.dependencies(range)
                    .forEach(found -> answer.addDependencies(Dependency.newBuilder()
                            .setParent(found.parent())
                            .setChild(found.child())
                            .setCallCount(found.calls())
                            .setSource("tracery")));
            client.send(answer.build());
        });
    }
}
