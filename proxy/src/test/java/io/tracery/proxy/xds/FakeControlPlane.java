package io.tracery.proxy.xds;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A control plane that says what the test says, and keeps what it is told. */
public final class FakeControlPlane extends AggregatedDiscoveryServiceImplBase {

    private final Server server;
    private final BlockingQueue<DeltaDiscoveryRequest> requests = new LinkedBlockingQueue<>();
    private final AtomicReference<@Nullable StreamObserver<DeltaDiscoveryResponse>> stream = new AtomicReference<>();
    private final AtomicLong nonces = new AtomicLong();

    /** @param port 0 for a free one */
    public FakeControlPlane(int port) throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
                .addService(this)
                .build()
                .start();
    }

    public int port() {
        return server.getPort();
    }

    @Override
    public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
            StreamObserver<DeltaDiscoveryResponse> responses) {
        stream.set(responses);
        return new StreamObserver<>() {
            @Override
            public void onNext(DeltaDiscoveryRequest request) {
                requests.add(request);
            }

            @Override
            public void onError(Throwable cause) {
                stream.compareAndSet(responses, null);
            }

            @Override
            public void onCompleted() {
                responses.onCompleted();
            }
        };
    }

    /** The next request, of whatever type. */
    public DeltaDiscoveryRequest next() throws InterruptedException {
        DeltaDiscoveryRequest request = requests.poll(20, TimeUnit.SECONDS);
        if (request == null) {
            throw new AssertionError("no request within 20 s");
        }
        return request;
    }

    /** The next request of a type; others are passed over. */
    public DeltaDiscoveryRequest next(String typeUrl) throws InterruptedException {
        DeltaDiscoveryRequest request = next();
        while (!request.getTypeUrl().equals(typeUrl)) {
            request = next();
        }
        return request;
    }

    /** Resources of one type, each in the version {@code "1"} of its name. */
    public void send(String typeUrl, Map<String, ? extends Message> resources, String... removed) {
        DeltaDiscoveryResponse.Builder response = DeltaDiscoveryResponse.newBuilder()
                .setTypeUrl(typeUrl)
                .setNonce(Long.toString(nonces.incrementAndGet()))
                .addAllRemovedResources(List.of(removed));
        resources.forEach((name, message) -> response.addResources(
                Resource.newBuilder().setName(name).setVersion("1").setResource(Any.pack(message))));
        StreamObserver<DeltaDiscoveryResponse> open = stream.get();
        if (open == null) {
            throw new AssertionError("no proxy is connected");
        }
        open.onNext(response.build());
    }

    public void close() throws InterruptedException {
        server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
}
