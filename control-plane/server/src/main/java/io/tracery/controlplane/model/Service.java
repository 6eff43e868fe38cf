package io.tracery.controlplane.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@code v1/Service}: a name and its ports. */
public record Service(Name name, List<Port> ports) {

    public Service {
        ports = List.copyOf(ports);
    }

    /**
     * @param name of the port, empty where the service has only one
     * @param port number that callers mean
     */
    public record Port(String name, int port, AppProtocol protocol) {}

    public @Nullable Port port(int number) {
        return ports.stream().filter(port -> port.port() == number).findFirst().orElse(null);
    }
}
