package io.tracery.topology.views;

import io.tracery.topology.fleet.BalancedEndpoints;
import io.tracery.topology.fleet.PartitionFleet;
import io.tracery.topology.fleet.ProxyReport;
import io.tracery.topology.fleet.UndeclaredPorts;
import io.tracery.tracing.Vocabulary;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A port whose protocol is not declared: what all sidecars together found it to speak, and what to write.
 *
 * @param service outbound the Service, inbound the workload; {@code namespace/name}
 * @param direction {@code outbound}: of the Service. {@code inbound}: of the workload's own sidecars
 * @param connections how many spoke what, since the sidecars' start
 * @param declare the protocol that spares finding it out; null where it speaks several
 * @param waitMillis how long the first connection of each sidecar waits; null where the server does not speak first
 * @param sidecars how many found so
 * @param advice for a person
 */
public record Undeclared(
        String service,
        int port,
        String direction,
        Map<String, Long> connections,
        @Nullable String declare,
        @Nullable Long waitMillis,
        int sidecars,
        String advice) {

    private static final int MOST = 200;
    private static final String OUTBOUND = "outbound";
    private static final String INBOUND = "inbound";

    /** As the control plane names listeners and clusters. */
    private static final Pattern OUTBOUND_NAME = Pattern.compile("outbound/([^/]+)\\.([^./]+)/(\\d{1,5})");

    private static final Pattern INBOUND_NAME = Pattern.compile("inbound/(\\d{1,5})");

    private static final Map<String, String> WORDS =
            Map.of("http_1", "HTTP/1", "http_2", "HTTP/2", "tls", "TLS of its own", "opaque", "opaque bytes");

    /** Whose clients wait come first. */
    private static final Comparator<Undeclared> ORDER = Comparator.comparing((Undeclared one) -> one.waitMillis == null)
            .thenComparing(Undeclared::service)
            .thenComparingInt(Undeclared::port)
            .thenComparing(Undeclared::direction);

    private record Port(String direction, String service, int number) {

        /** Null where the name is not one of the control plane's. */
        static @Nullable Port of(ProxyReport proxy, String listener) {
            Matcher outbound = OUTBOUND_NAME.matcher(listener);
            if (outbound.matches()) {
                return new Port(
                        OUTBOUND, outbound.group(2) + "/" + outbound.group(1), Integer.parseInt(outbound.group(3)));
            }
            Matcher inbound = INBOUND_NAME.matcher(listener);
            return inbound.matches() ? new Port(INBOUND, proxy.node(), Integer.parseInt(inbound.group(1))) : null;
        }
    }

    private static final class Sum {
        private final Map<String, Long> connections = new TreeMap<>();
        private long waitMillis;
        private int sidecars;
    }

    /** Of all services, by what proxies last told; what is older than they may be silent for is not counted. */
    public static List<Undeclared> all(List<ProxyReport> proxies, long now) {
        Map<Port, Sum> sums = new HashMap<>();
        for (ProxyReport proxy : proxies) {
            UndeclaredPorts told = proxy.undeclared();
            if (told == null || now - told.timeMillis() > PartitionFleet.SILENT_MILLIS) {
                continue;
            }
            for (UndeclaredPorts.Port one : told.ports()) {
                Port port = Port.of(proxy, one.listener());
                if (port != null && !one.connections().isEmpty()) {
                    Sum sum = sums.computeIfAbsent(port, any -> new Sum());
                    one.connections().forEach((spoken, count) -> sum.connections.merge(spoken, count, Long::sum));
                    sum.waitMillis = Math.max(sum.waitMillis, one.waitMillis());
                    sum.sidecars++;
                }
            }
        }
        return sums.entrySet().stream()
                .map(entry -> of(entry.getKey(), entry.getValue()))
                .sorted(ORDER)
                .limit(MOST)
                .toList();
    }

    /** Of one node: of the Service of its name, of those that it serves, and of its own sidecars. */
    public static List<Undeclared> of(String node, List<ProxyReport> proxies, long now) {
        Set<String> services = new HashSet<>(Set.of(node));
        for (ProxyReport proxy : proxies) {
            BalancedEndpoints balanced = proxy.balanced();
            for (BalancedEndpoints.Endpoint one :
                    balanced == null ? List.<BalancedEndpoints.Endpoint>of() : balanced.endpoints()) {
                Port port = one.node().equals(node) ? Port.of(proxy, one.cluster()) : null;
                if (port != null) {
                    services.add(port.service());
                }
            }
        }
        return all(proxies, now).stream()
                .filter(one ->
                        one.service.equals(node) || (one.direction.equals(OUTBOUND) && services.contains(one.service)))
                .toList();
    }

    private static Undeclared of(Port port, Sum sum) {
        Set<String> spoken = sum.connections.keySet();
        boolean waits = spoken.contains(Vocabulary.DETECTED_SERVER_FIRST);
        String declare = declare(spoken);
        return new Undeclared(
                port.service,
                port.number,
                port.direction,
                sum.connections,
                declare,
                waits ? sum.waitMillis : null,
                sum.sidecars,
                advice(port, spoken, declare, waits ? sum.waitMillis : 0));
    }

    private static @Nullable String declare(Set<String> spoken) {
        boolean tls = spoken.equals(Set.of("tls"));
        boolean http = spoken.stream().allMatch(one -> one.startsWith("http_"));
        boolean opaque = spoken.stream().noneMatch(one -> one.startsWith("http_"));
        return http ? "http" : tls ? "tls" : opaque ? "tcp" : null;
    }

    private static String advice(Port port, Set<String> spoken, @Nullable String declare, long waitMillis) {
        boolean waits = spoken.contains(Vocabulary.DETECTED_SERVER_FIRST);
        String found = waits && spoken.size() == 1
                ? "the server speaks first"
                : "it speaks "
                        + spoken.stream()
                                .filter(WORDS::containsKey)
                                .map(WORDS::get)
                                .collect(Collectors.joining(" and "))
                        + (waits ? ", and the server speaks first" : "");
        if (declare == null) {
            return found + "; what it is has to be found out for each connection";
        }
        String spared =
                waits ? "the first connection need not wait " + waitMillis + " ms" : "nothing has to be found out";
        String where = port.direction.equals(OUTBOUND)
                ? "appProtocol: " + declare + " at port " + port.number + " of the Service " + port.service
                : "protocol: " + declare + " at the inbound port " + port.number + " of the Sidecars of "
                        + port.service;
        return found + "; with the protocol declared as " + declare + " " + spared + ": write " + where;
    }
}
