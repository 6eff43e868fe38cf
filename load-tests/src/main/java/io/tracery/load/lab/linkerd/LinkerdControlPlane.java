package io.tracery.load.lab.linkerd;

import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/**
 * What stands in for Linkerd's destination, policy and identity services: it says of the lab's services what those say of a
 * Service of Kubernetes about which nobody configured anything. Nothing changes while a proxy runs, so each stream has one
 * message and stays open. Plaintext on loopback, where linkerd2-proxy takes it so.
 */
public final class LinkerdControlPlane implements AutoCloseable {

    private final Map<Integer, LinkerdService> services = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Server server;

    private LinkerdControlPlane(Certifier certifier) {
        this.server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .executor(threads)
                .addService(new DestinationService(this))
                .addService(new OutboundPolicyService(this))
                .addService(new InboundPolicyService())
                .addService(new IdentityService(certifier))
                .build();
    }

    /** Starts it on a free port. */
    public static LinkerdControlPlane start(Certifier certifier) throws IOException {
        LinkerdControlPlane controlPlane = new LinkerdControlPlane(certifier);
        controlPlane.server.start();
        return controlPlane;
    }

    /** All of its services, on loopback. */
    public int port() {
        return server.getPort();
    }

    /** From now on it knows this service, instead of one that was dialled at the same port. */
    public void serve(LinkerdService service) {
        services.put(service.port(), service);
    }

    /**
     * The service of which something is true.
     *
     * @throws StatusException {@code NOT_FOUND} naming what was asked for
     */
    LinkerdService find(Predicate<LinkerdService> condition, String asked) throws StatusException {
        return services.values().stream()
                .filter(condition)
                .findAny()
                .orElseThrow(() ->
                        Status.NOT_FOUND.withDescription("no service " + asked).asException());
    }

    @Override
    public void close() {
        server.shutdownNow();
        threads.shutdownNow();
    }
}
