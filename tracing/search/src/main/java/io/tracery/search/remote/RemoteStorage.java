package io.tracery.search.remote;

import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.tracery.process.Component;
import io.tracery.process.ServerPort;
import io.tracery.search.store.TraceSource;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * The gRPC port at which a stock Jaeger reads from our store ({@code jaeger.storage.v2}). Nothing can be written by it: spans
 * come from Kafka alone, so that one store never knows more than another; Jaeger's writer belongs to the pipeline's OTLP port.
 */
public final class RemoteStorage implements Component {

    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_CONNECTIONS = 64;
    private static final int MAX_REQUEST_BYTES = 256 * 1024;

    private final Admission admission = new Admission();
    private final Server server;

    public RemoteStorage(InetSocketAddress address, TraceSource source) {
        GrpcService service = GrpcService.builder()
                .addService(new TraceReaderService(source, admission))
                .addService(new DependencyReaderService(source, admission))
                .addService(new CapabilitiesService())
                .build();
        this.server = Server.builder()
                .http(address)
                .requestTimeout(REQUEST_TIMEOUT)
                .maxNumConnections(MAX_CONNECTIONS)
                .maxRequestLength(MAX_REQUEST_BYTES)
                .gracefulShutdownTimeout(Duration.ZERO, DRAIN_TIMEOUT)
                .service(service)
                .build();
    }

    @Override
    public String name() {
        return "remote-storage";
    }

    @Override
    public void start() {
        ServerPort.open(server, "remote storage");
    }

    /** The port in use; of interest where port 0 was asked for. */
    public int port() {
        return server.activeLocalPort();
    }

    @Override
    public boolean ready() {
        return server.activePort() != null;
    }

    @Override
    public void close() {
        server.stop().join();
        admission.close();
    }
}
