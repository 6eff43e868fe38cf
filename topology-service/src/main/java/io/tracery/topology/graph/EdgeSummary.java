package io.tracery.topology.graph;

import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * One edge as the API shows it: counts are cumulative since the graph first saw it, rates, shares and quantiles are of a
 * window. Null stands for what is not known.
 *
 * @param requests exchanges that ended, by the sender's count, or the receiver's where the sender is outside the mesh
 * @param received by the receiver's count
 * @param requestRate per second
 * @param successShare 0 to 1
 * @param p50 milliseconds, as p90 and p99
 * @param bytesReceived of requests
 * @param bytesSent of responses
 * @param fates how the {@code requests} ended; adds up to them
 * @param tls whether the exchanges of the window were mutually authenticated: "mtls", "none" or "mixed"
 * @param lastSeen Unix milliseconds
 * @param counted whose counts these are: "sender" or "receiver"
 * @param inFlight what has begun and not ended: open TCP connections
 * @param loss the share of what the sender tried that the receiver did not count, 0 to 1; null where either does not speak
 */
public record EdgeSummary(
        String id,
        String source,
        String target,
        String protocol,
        long requests,
        long received,
        double requestRate,
        @Nullable Double successShare,
        @Nullable Double p50,
        @Nullable Double p90,
        @Nullable Double p99,
        long retries,
        long bytesReceived,
        long bytesSent,
        SortedMap<String, Long> fates,
        @Nullable String tls,
        @Nullable String sourceIdentity,
        @Nullable String targetIdentity,
        List<VersionSummary> versions,
        List<String> routes,
        long lastSeen,
        boolean stale,
        String counted,
        long inFlight,
        @Nullable Double loss) {}
