package io.tracery.topology.views;

import io.tracery.topology.history.Tally;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What happened in an interval.
 *
 * @param requestRate per second
 * @param successShare 0 to 1, null without requests, as the quantiles in milliseconds
 * @param bytesReceived of requests
 * @param bytesSent of responses
 * @param fates how the requests ended; adds up to them
 */
public record TallyView(
        long requests,
        double requestRate,
        @Nullable Double successShare,
        @Nullable Double p50,
        @Nullable Double p90,
        @Nullable Double p99,
        long retries,
        long bytesReceived,
        long bytesSent,
        Map<String, Long> fates) {

    static TallyView of(Tally tally, double seconds) {
        return new TallyView(
                tally.requests(),
                tally.requests() / seconds,
                tally.successShare(),
                tally.quantile(0.5),
                tally.quantile(0.9),
                tally.quantile(0.99),
                tally.retries(),
                tally.requestBytes(),
                tally.responseBytes(),
                Map.copyOf(tally.fates()));
    }
}
