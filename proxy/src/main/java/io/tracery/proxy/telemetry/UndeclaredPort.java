package io.tracery.proxy.telemetry;

import java.util.Map;

/**
 * A port whose protocol is not declared, and what it was found to speak.
 *
 * @param listener its name
 * @param connections how many spoke what; those that ended before anybody had spoken are not counted
 * @param waitMillis how long a client may be silent before its server is asked whether it speaks first
 */
public record UndeclaredPort(String listener, Map<String, Long> connections, long waitMillis) {

    public UndeclaredPort {
        connections = Map.copyOf(connections);
    }
}
