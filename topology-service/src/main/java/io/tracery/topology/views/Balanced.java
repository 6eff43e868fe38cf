package io.tracery.topology.views;

import io.tracery.topology.fleet.BalancedEndpoints;
import io.tracery.topology.fleet.PartitionFleet;
import io.tracery.topology.fleet.ProxyReport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the sidecars of a service's callers make of its endpoints now: the worst first.
 *
 * @param omitted endpoints beyond the bound of this list
 * @param untold endpoints, of whatever service, that these senders use and do not tell of
 */
public record Balanced(List<Endpoint> endpoints, int omitted, long untold) {

    private static final int MOST_ENDPOINTS = 100;
    private static final int MOST_SENDERS = 20;

    /**
     * One endpoint.
     *
     * @param senders sidecars that use it or leave it out
     * @param ejectedBy of these, those that leave it out
     * @param inFlight requests under way from all of them
     * @param cost milliseconds, the mean of those that do not leave it out; null where all do
     * @param largestCost milliseconds
     * @param by sidecars, those that leave it out first, then those it costs most; at most 20
     */
    public record Endpoint(
            String endpoint,
            @Nullable String version,
            int senders,
            int ejectedBy,
            long inFlight,
            @Nullable Double cost,
            double largestCost,
            List<Sender> by) {}

    /**
     * A sidecar that uses an endpoint, or leaves it out.
     *
     * @param node whom it speaks for
     * @param cost milliseconds
     * @param ejected why it leaves it out, null where it does not
     * @param time when it told so, Unix milliseconds
     */
    public record Sender(
            String node,
            String instance,
            double cost,
            long inFlight,
            @Nullable String ejected,
            long time) {}

    private static final Comparator<Sender> WORST_SENDER = Comparator.comparing((Sender one) -> one.ejected == null)
            .thenComparing(Comparator.comparingDouble(Sender::cost).reversed())
            .thenComparing(Sender::instance);

    private static final Comparator<Endpoint> WORST = Comparator.comparingInt(Endpoint::ejectedBy)
            .reversed()
            .thenComparing(Comparator.comparingDouble(Endpoint::largestCost).reversed())
            .thenComparing(Endpoint::endpoint);

    /** Of a service, by what proxies last told; what is older than they may be silent for is not counted. */
    public static Balanced of(String node, List<ProxyReport> proxies, long now) {
        Map<String, List<Sender>> senders = new TreeMap<>();
        Map<String, String> versions = new TreeMap<>();
        long untold = 0;
        for (ProxyReport proxy : proxies) {
            BalancedEndpoints told = proxy.balanced();
            if (told == null || now - told.timeMillis() > PartitionFleet.SILENT_MILLIS) {
                continue;
            }
            boolean sends = false;
            for (BalancedEndpoints.Endpoint one : told.endpoints()) {
                if (one.node().equals(node)) {
                    sends = true;
                    versions.put(one.address(), one.version());
                    senders.computeIfAbsent(one.address(), any -> new ArrayList<>())
                            .add(new Sender(
                                    proxy.node(),
                                    proxy.instance(),
                                    one.costSeconds() * 1000,
                                    one.inFlight(),
                                    one.ejected().isEmpty() ? null : one.ejected(),
                                    told.timeMillis()));
                }
            }
            untold += sends ? told.omitted() : 0;
        }
        List<Endpoint> all = senders.entrySet().stream()
                .map(entry -> endpoint(entry.getKey(), versions.getOrDefault(entry.getKey(), ""), entry.getValue()))
                .sorted(WORST)
                .toList();
        List<Endpoint> shown = all.subList(0, Math.min(all.size(), MOST_ENDPOINTS));
        return new Balanced(shown, all.size() - shown.size(), untold);
    }

    private static Endpoint endpoint(String address, String version, List<Sender> senders) {
        List<Sender> using =
                senders.stream().filter(sender -> sender.ejected == null).toList();
        return new Endpoint(
                address,
                version.isEmpty() ? null : version,
                senders.size(),
                senders.size() - using.size(),
                senders.stream().mapToLong(Sender::inFlight).sum(),
                using.isEmpty()
                        ? null
                        : using.stream().mapToDouble(Sender::cost).sum() / using.size(),
                senders.stream().mapToDouble(Sender::cost).max().orElse(0),
                senders.stream().sorted(WORST_SENDER).limit(MOST_SENDERS).toList());
    }
}
