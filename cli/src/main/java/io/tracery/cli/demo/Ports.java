package io.tracery.cli.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** The ports of the demo, and what each is for. */
public record Ports(List<Claim> claims) {

    public static final int KAFKA = 19092;
    public static final int KAFKA_CONTROLLER = 19093;
    public static final int CONTROL_PLANE = 15010;
    public static final int ADMIN = 15014;
    public static final int OTLP_GRPC = 4317;
    public static final int OTLP_HTTP = 4318;
    public static final int SEARCH = 16686;
    public static final int TOPOLOGY = 8400;
    public static final int LOAD_CONTROL = 24000;
    public static final String LOOPBACK = "127.0.0.1";

    /** @param purpose completes "port 4317 is taken; it is for ..." */
    public record Claim(int port, String purpose) {}

    public Ports {
        claims = List.copyOf(claims);
    }

    /** Everything that a demo with these sidecars listens on. */
    static Ports of(List<Sidecar> sidecars) {
        List<Claim> claims = new ArrayList<>(List.of(
                new Claim(KAFKA, "Kafka"),
                new Claim(KAFKA_CONTROLLER, "Kafka's controller"),
                new Claim(CONTROL_PLANE, "the control plane"),
                new Claim(ADMIN, "the standalone process's health and metrics"),
                new Claim(OTLP_GRPC, "OTLP over gRPC"),
                new Claim(OTLP_HTTP, "OTLP over HTTP"),
                new Claim(SEARCH, "trace search (Jaeger's query API)"),
                new Claim(TOPOLOGY, "the pages and the topology API"),
                new Claim(LOAD_CONTROL, "the load generator's counts")));
        for (Sidecar sidecar : sidecars) {
            for (Sidecar.Inbound inbound : sidecar.inbound()) {
                claims.add(new Claim(inbound.applicationPort(), "the application " + sidecar.name()));
                claims.add(new Claim(inbound.port(), "the sidecar of " + sidecar.name()));
            }
            claims.add(new Claim(sidecar.adminPort(), "health and metrics of the sidecar of " + sidecar.name()));
            for (Sidecar.Outbound outbound : sidecar.outbound()) {
                claims.add(new Claim(outbound.port(), sidecar.name() + "'s way to " + outbound.service()));
            }
        }
        return new Ports(claims);
    }

    /** The claims whose port something else listens on. */
    List<Claim> taken() {
        return claims.stream().filter(claim -> !free(claim.port())).toList();
    }

    /** @throws DemoException naming every taken port, what it is for and what to do */
    void requireFree() {
        List<Claim> taken = taken();
        if (taken.isEmpty()) {
            return;
        }
        StringBuilder message = new StringBuilder("the demo needs ports that something else listens on:\n");
        taken.forEach(claim -> message.append("  %5d  for %s%n".formatted(claim.port(), claim.purpose())));
        throw new DemoException(message.append("End what listens there (ss -ltnp shows it), then run this again.")
                .toString());
    }

    private static boolean free(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            // A connection of an earlier run in TIME_WAIT does not hold the port for servers, so it must not for this.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(LOOPBACK), port), 1);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
