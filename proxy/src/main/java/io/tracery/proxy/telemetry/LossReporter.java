package io.tracery.proxy.telemetry;

import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log that telemetry is being lost, and that it no longer is: a line for each, never one per record. Confined to
 * the exporter.
 */
final class LossReporter {

    private static final Logger log = LoggerFactory.getLogger(LossReporter.class);

    private static final long QUIET_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long DEFECT_INTERVAL_NANOS = Duration.ofMinutes(1).toNanos();

    private final List<Account> accounts;
    private final String destination;
    private boolean losing;
    private long lostBefore;
    private long lostSeen;
    private long lastLossNanos;
    private long nextDefectNanos = System.nanoTime();

    LossReporter(List<Account> accounts, String destination) {
        this.accounts = List.copyOf(accounts);
        this.destination = destination;
    }

    void tick(long nowNanos) {
        long lost = accounts.stream().mapToLong(Account::dropped).sum();
        if (lost != lostSeen) {
            if (!losing) {
                losing = true;
                lostBefore = lostSeen;
                log.warn(
                        "telemetry for {} is being lost; traffic is not affected. See"
                                + " tracery_telemetry_dropped_total on the admin port for the reason",
                        destination);
            }
            lostSeen = lost;
            lastLossNanos = nowNanos;
        } else if (losing && nowNanos - lastLossNanos > QUIET_NANOS) {
            losing = false;
            log.info("telemetry is no longer being lost; {} spans and metric points were", lost - lostBefore);
        }
    }

    /** A failure that should not be possible: reported with its cause, at most once a minute. */
    void defect(RuntimeException failure) {
        long now = System.nanoTime();
        if (now - nextDefectNanos >= 0) {
            nextDefectNanos = now + DEFECT_INTERVAL_NANOS;
            log.warn("some telemetry could not be written", failure);
        }
    }
}
