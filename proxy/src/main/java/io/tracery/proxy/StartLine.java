package io.tracery.proxy;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Who is ready, how long that took since the process began, and where it listens. */
record StartLine(String nodeId, InetSocketAddress admin, Map<String, InetSocketAddress> listeners) {

    @Override
    public String toString() {
        Instant now = Instant.now();
        Instant begin = ProcessHandle.current().info().startInstant().orElse(now);
        String addresses = new TreeMap<>(listeners)
                .entrySet().stream()
                        .map(listener -> ", " + listener.getKey() + " " + text(listener.getValue()))
                        .collect(Collectors.joining());
        return nodeId + " ready in " + Duration.between(begin, now).toMillis() + " ms: admin " + text(admin)
                + addresses;
    }

    private static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }
}
