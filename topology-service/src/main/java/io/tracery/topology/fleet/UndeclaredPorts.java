package io.tracery.topology.fleet;

import java.util.List;
import java.util.Map;

/**
 * The ports of undeclared protocol that a proxy had when it last told of them.
 *
 * @param timeMillis when it read them
 * @param omitted how many more there were
 */
public record UndeclaredPorts(long timeMillis, List<Port> ports, long omitted) {

    /** Ports that one proxy is believed to have; it tells of no more. */
    public static final int MOST = 64;

    /** Protocols that one port is believed to speak. */
    public static final int MOST_SPOKEN = 8;

    /**
     * One of them.
     *
     * @param listener its name, such as {@code outbound/kv.shop/6379}
     * @param connections how many spoke what, since the proxy's start
     * @param waitMillis how long a client may be silent before its server is asked whether it speaks first
     */
    public record Port(String listener, Map<String, Long> connections, long waitMillis) {}
}
