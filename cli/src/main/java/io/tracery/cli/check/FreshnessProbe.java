package io.tracery.cli.check;

import io.tracery.cli.demo.Http;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Watches how soon the graph counts what customers sent: polls the API every 50 ms and notes when it first shows each
 * count. One thread polls; the answer is asked for when that thread has ended.
 */
final class FreshnessProbe implements AutoCloseable {

    private static final int POLL_MILLIS = 50;

    private final Http http;
    private final long baseline;
    private final Thread thread = Thread.ofPlatform().name("freshness").daemon().unstarted(this::poll);
    private final List<Sighting> sightings = new ArrayList<>();
    private volatile boolean closed;
    private volatile String failure = "";

    /**
     * @param count requests counted since the probe began
     * @param millis when the API first showed that many, Unix time
     */
    record Sighting(long count, long millis) {}

    /** @param baseline what the edge had counted before the load began */
    FreshnessProbe(Http http, long baseline) {
        this.http = http;
        this.baseline = baseline;
    }

    void start() {
        thread.start();
    }

    /** Stops polling; sightings are complete afterwards. */
    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    List<Sighting> sightings() {
        return List.copyOf(sightings);
    }

    /**
     * For every request, the time from its end to the first look that counted as many requests.
     *
     * @param ends Unix milliseconds, in the order in which requests ended
     * @param since requests that ended earlier are left out
     * @return milliseconds, sorted; requests that no look counted are left out
     */
    static List<Long> delays(List<Sighting> sightings, List<Long> ends, long since) {
        List<Long> delays = new ArrayList<>();
        int next = 0;
        for (Sighting sighting : sightings) {
            for (; next < Math.min(sighting.count(), ends.size()); next++) {
                // A request still under way is counted too, so the count may be ahead of the ends.
                if (ends.get(next) >= since) {
                    delays.add(Math.max(0, sighting.millis() - ends.get(next)));
                }
            }
        }
        delays.sort(null);
        return delays;
    }

    /** The nearest-rank quantile of sorted values. */
    static double quantile(List<Long> sorted, double share) {
        return sorted.get((int) Math.max(0, Math.ceil(share * sorted.size()) - 1));
    }

    /** Why the latest look that failed did so; empty when none failed. */
    String failure() {
        return failure;
    }

    private void poll() {
        long shown = 0;
        while (!closed) {
            try {
                long count = GraphView.fetch(http).frontRequests() - baseline;
                if (count > shown) {
                    shown = count;
                    sightings.add(new Sighting(count, System.currentTimeMillis()));
                }
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                return;
            } catch (IOException | RuntimeException e) {
                // The next look may succeed; if none does, there are no sightings, which is reported with this.
                failure = e.toString();
            }
        }
    }
}
