package io.tracery.shop.net;

import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.grpc.BindableService;
import java.net.InetSocketAddress;

/** A gRPC service instance, over HTTP/2 without TLS. */
public final class GrpcApplication implements Application {

    private final Server server;

    public GrpcApplication(InetSocketAddress address, BindableService service) {
        this.server = Server.builder()
                .http(address)
                .service(GrpcService.builder()
                        .addService(service)
                        .useBlockingTaskExecutor(true)
                        .build())
                .build();
    }

    @Override
    public void start() {
        server.start().join();
    }

    @Override
    public int port() {
        return server.activeLocalPort();
    }

    @Override
    public void close() {
        server.stop().join();
    }
}
