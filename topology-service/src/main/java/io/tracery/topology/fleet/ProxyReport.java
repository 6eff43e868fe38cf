package io.tracery.topology.fleet;

import org.jspecify.annotations.Nullable;

/**
 * What a proxy said of itself in one record; null for what it did not say this time.
 *
 * @param instance its node id
 * @param node {@code namespace/workload}
 * @param version of the workload, empty when unknown
 * @param identity SPIFFE ID, empty without mutual TLS
 * @param startMillis when the process began
 * @param timeMillis when it read its counters
 * @param configurationVersion counts up by one for each that took effect in this process
 * @param configurationMillis when it took effect
 * @param certificateIssued Unix milliseconds, as its expiry
 * @param droppedSpans since its start, as the other counts
 * @param overBudget exchanges counted in a coarser series than their own
 * @param balanced what its balancers make of endpoints
 * @param undeclared what its ports of undeclared protocol speak
 */
public record ProxyReport(
        String instance,
        String node,
        String version,
        String identity,
        long startMillis,
        long timeMillis,
        @Nullable Long configurationVersion,
        @Nullable Long configurationMillis,
        @Nullable Long certificateIssued,
        @Nullable Long certificateExpires,
        @Nullable Long droppedSpans,
        @Nullable Long droppedMetrics,
        @Nullable Long overBudget,
        @Nullable BalancedEndpoints balanced,
        @Nullable UndeclaredPorts undeclared) {

    /** The newer of two, with what only the older one said. */
    ProxyReport after(ProxyReport older) {
        boolean same = older.startMillis == startMillis;
        return new ProxyReport(
                instance,
                node,
                version,
                identity,
                startMillis,
                Math.max(timeMillis, older.timeMillis),
                or(configurationVersion, same ? older.configurationVersion : null),
                or(configurationMillis, same ? older.configurationMillis : null),
                or(certificateIssued, same ? older.certificateIssued : null),
                or(certificateExpires, same ? older.certificateExpires : null),
                or(droppedSpans, same ? older.droppedSpans : null),
                or(droppedMetrics, same ? older.droppedMetrics : null),
                or(overBudget, same ? older.overBudget : null),
                balanced == null && same ? older.balanced : balanced,
                undeclared == null && same ? older.undeclared : undeclared);
    }

    /** Without what is too short-lived to be stored. */
    ProxyReport lasting() {
        return new ProxyReport(
                instance,
                node,
                version,
                identity,
                startMillis,
                timeMillis,
                configurationVersion,
                configurationMillis,
                certificateIssued,
                certificateExpires,
                droppedSpans,
                droppedMetrics,
                overBudget,
                null,
                null);
    }

    private static @Nullable Long or(@Nullable Long value, @Nullable Long otherwise) {
        return value == null ? otherwise : value;
    }
}
