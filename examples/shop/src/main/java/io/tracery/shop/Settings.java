package io.tracery.shop;

import java.net.InetSocketAddress;
import java.util.Map;

/**
 * What the environment says: every instance's port and the address at which it finds each peer. What is not said falls
 * back to the standard ports on loopback, where the first instance of a peer answers directly.
 *
 * @param environment variables by name
 */
public record Settings(Map<String, String> environment) {

    private static final String LOOPBACK = "127.0.0.1";
    private static final long STANDARD_SEED = 42;

    public Settings {
        environment = Map.copyOf(environment);
    }

    /** Where an instance listens: {@code SHOP_HOST} and its own port variable; port 0 picks a free one. */
    public InetSocketAddress listen(Instance instance) {
        String host = environment.getOrDefault("SHOP_HOST", LOOPBACK);
        String port = environment.get(instance.portVariable());
        return new InetSocketAddress(
                host, port == null ? instance.standardPort() : number(instance.portVariable(), port, 0, 65_535));
    }

    /** Where an instance finds a peer, as host:port. */
    public String address(Instance instance, String peer) {
        String said = environment.get(instance.addressVariable(peer));
        if (said != null) {
            socketAddress(instance.addressVariable(peer), said);
            return said;
        }
        return Instance.ALL.stream()
                .filter(other -> other.service().equals(peer))
                .findFirst()
                .map(other -> LOOPBACK + ":" + other.standardPort())
                .orElseThrow(() -> new IllegalArgumentException("the shop has no service " + peer));
    }

    /** The same as a socket address. */
    public InetSocketAddress socket(Instance instance, String peer) {
        return socketAddress(instance.addressVariable(peer), address(instance, peer));
    }

    /** {@code SHOP_SEED}, which decides what goes wrong; the load generator must be told the same. */
    public long seed() {
        String said = environment.get("SHOP_SEED");
        try {
            return said == null ? STANDARD_SEED : Long.parseLong(said);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("SHOP_SEED must be a whole number, not " + said, e);
        }
    }

    /** Where the instrumented service sends its spans: {@code OTEL_EXPORTER_OTLP_ENDPOINT}. */
    public String otlpEndpoint() {
        return environment.getOrDefault("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4317");
    }

    /** True when {@code OTEL_SDK_DISABLED} is: spans are then neither recorded nor sent. */
    public boolean tracingDisabled() {
        return Boolean.parseBoolean(environment.get("OTEL_SDK_DISABLED"));
    }

    private static InetSocketAddress socketAddress(String variable, String text) {
        int colon = text.lastIndexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException(variable + " must be host:port, not " + text);
        }
        return new InetSocketAddress(text.substring(0, colon), number(variable, text.substring(colon + 1), 1, 65_535));
    }

    private static int number(String variable, String text, int least, int most) {
        int number;
        try {
            number = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(variable + " has no number for a port: " + text, e);
        }
        if (number < least || number > most) {
            throw new IllegalArgumentException(variable + ": a port is " + least + " to " + most + ", not " + number);
        }
        return number;
    }
}
