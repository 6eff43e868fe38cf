package io.tracery.search.remote;

import io.grpc.stub.StreamObserver;
import io.tracery.search.protocol.CapabilitiesGrpc;
import io.tracery.search.protocol.GetCapabilitiesRequest;
import io.tracery.search.protocol.GetCapabilitiesResponse;
import io.tracery.search.protocol.SearchCapabilities;

/** Says that searches need no service, and that all of a search is met by one span. */
final class CapabilitiesService extends CapabilitiesGrpc.CapabilitiesImplBase {

    @Override
    public void getCapabilities(GetCapabilitiesRequest request, StreamObserver<GetCapabilitiesResponse> client) {
        client.onNext(GetCapabilitiesResponse.newBuilder()
                .setSearch(SearchCapabilities.newBuilder()
                        .setWithoutServiceName(true)
                        .setSameSpanConjunction(true))
                .build());
        client.onCompleted();
    }
}
