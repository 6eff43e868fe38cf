package io.tracery.load.endurance;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What must hold when all is over: each check says what it saw. */
final class SoakAudit {

    /** Buffers may be held by the allocator for the next use; this much more than at the beginning, MiB. */
    private static final double MOST_BUFFERS = 8;

    /** What the line through a sidecar's resident memory may rise: a share of its mean, and MiB. */
    private static final double MOST_GROWTH_SHARE = 0.05;

    private static final double MOST_GROWTH = 4;

    private static final double MEBIBYTE = 1 << 20;

    private final List<Check> checks = new ArrayList<>();

    record Check(String name, boolean passed, String seen) {}

    List<Check> checks() {
        return List.copyOf(checks);
    }

    boolean passed() {
        return checks.stream().allMatch(Check::passed);
    }

    void check(String name, boolean passed, String seen) {
        checks.add(new Check(name, passed, seen));
    }

    /** Nothing is left of the traffic: no connection, no exchange, no buffer beyond what the allocator keeps. */
    void nothingLeft(String sidecar, MetricsPage before, MetricsPage after) {
        double connections = after.sum("tracery_proxy_connections");
        double active = after.sum("tracery_exchanges_active");
        check(sidecar + ": no connection left", connections == 0, String.format(Locale.ROOT, "%.0f", connections));
        check(sidecar + ": nothing in flight", active == 0, String.format(Locale.ROOT, "%.0f", active));
        double buffers = after.sum(BUFFERS) / MEBIBYTE;
        double buffersBefore = before.sum(BUFFERS) / MEBIBYTE;
        check(
                sidecar + ": buffers back to the base line",
                after.sum(BUFFERS) > 0 && buffers <= buffersBefore + MOST_BUFFERS,
                String.format(Locale.ROOT, "%.1f MiB, %.1f before", buffers, buffersBefore));
    }

    private static final String BUFFERS = "tracery_proxy_buffers_bytes";

    /** Every exchange that began has one fate. */
    void everyFate(String sidecar, MetricsPage after) {
        long started = Math.round(after.sum("tracery_exchanges_started_total"));
        Map<String, Long> fates = after.fates();
        long sum = fates.values().stream().mapToLong(Long::longValue).sum();
        check(sidecar + ": requests == Σ fates", started == sum && started > 0, started + " == " + sum + " " + fates);
    }

    /** And they are those that were asked for, protocol by protocol. */
    void everyRequest(String sidecar, Map<String, Long> asked, MetricsPage after) {
        asked.forEach((protocol, count) -> {
            String label = "tracery_protocol=\"" + protocol + "\"";
            long started = Math.round(after.sum("tracery_exchanges_started_total", label));
            check(
                    sidecar + ": every request of " + protocol + " was counted",
                    started == count,
                    started + " counted, " + count + " asked");
        });
    }

    void flat(String sidecar, Trend.Line line) {
        double most = MOST_GROWTH + MOST_GROWTH_SHARE * line.mean();
        check(
                sidecar + ": memory is flat",
                line.growth() <= most,
                String.format(
                        Locale.ROOT,
                        "%+.1f MiB after the warm-up (at most %.1f), %+.1f MiB/h, mean %.1f, peak %.1f",
                        line.growth(),
                        most,
                        line.perHour(),
                        line.mean(),
                        line.peak()));
    }

    /** @param least renewals that the time was long enough for */
    void renewed(String sidecar, MetricsPage after, long least) {
        double renewals = after.sum("tracery_identity_renewals_total");
        check(
                sidecar + ": certificates were renewed",
                renewals >= least,
                String.format(Locale.ROOT, "%.0f, at least %d", renewals, least));
    }
}
