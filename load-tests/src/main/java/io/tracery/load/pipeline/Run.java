package io.tracery.load.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tracery.load.endurance.MetricsPage;
import io.tracery.load.lab.host.Memory;
import io.tracery.load.lab.host.ProcessTimes;
import io.tracery.load.lab.host.Server;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One run of one decider over all spans. The figures are of the time in which it went from {@link #WARM} to {@link #NEARLY_ALL} of
 * them: before, compilers compile; after, it waits for traces to be complete.
 *
 * @param perSecond spans decided upon, of one core
 * @param cpuPerMillion CPU seconds, user and system, for a million spans
 * @param seconds from its first decision to its last
 * @param decided all spans that it decided upon
 * @param kept of them, in traces that were kept
 * @param residentMib the most memory that was seen
 */
record Run(double perSecond, double cpuPerMillion, double seconds, long decided, long kept, double residentMib) {

    static final double WARM = 0.4;
    static final double NEARLY_ALL = 0.95;

    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final int LOOK_MILLIS = 250;

    /** What the process had done at a moment. */
    private record Look(long nanos, double decided, double cpuSeconds) {}

    /** Watches a server that has just been started until it has decided upon everything, or does nothing more. */
    static Run watch(Decider decider, Server server, long spans) throws IOException, InterruptedException {
        List<Look> looks = new ArrayList<>();
        double resident = 0;
        MetricsPage page = MetricsPage.parse("");
        long changed = System.nanoTime();
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest ask = HttpRequest.newBuilder(decider.metrics())
                    .timeout(Duration.ofSeconds(10))
                    .build();
            while ((looks.isEmpty() || looks.getLast().decided < spans)
                    && System.nanoTime() - changed < PATIENCE.toNanos()) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                if (!server.alive()) {
                    throw new IOException(decider.name() + " ended: " + server.log());
                }
                page = MetricsPage.parse(
                        http.send(ask, HttpResponse.BodyHandlers.ofString()).body());
                resident = Math.max(resident, Memory.resident(server.pids()));
                double decided = decider.decided(page);
                if (decided > (looks.isEmpty() ? 0 : looks.getLast().decided)) {
                    changed = System.nanoTime();
                    looks.add(new Look(changed, decided, ProcessTimes.cpuSeconds(server.pids())));
                }
            }
        }
        if (looks.size() < 3) {
            throw new IOException(decider.name() + " decided upon nothing: " + server.log());
        }
        Look from = first(looks, WARM * spans);
        Look to = first(looks, NEARLY_ALL * spans);
        double between = to.decided - from.decided;
        return new Run(
                between / ((to.nanos - from.nanos) / 1e9),
                (to.cpuSeconds - from.cpuSeconds) / between * 1e6,
                (looks.getLast().nanos - looks.getFirst().nanos) / 1e9,
                Math.round(looks.getLast().decided),
                Math.round(decider.kept(page)),
                resident);
    }

    void tell(ObjectNode into) {
        into.put("spans_per_second", perSecond)
                .put("cpu_seconds_per_million", cpuPerMillion)
                .put("seconds", seconds)
                .put("decided", decided)
                .put("kept", kept)
                .put("peak_rss_mib", residentMib);
    }

    private static Look first(List<Look> looks, double atLeast) {
        return looks.stream()
                .filter(look -> look.decided >= atLeast)
                .findFirst()
                .orElse(looks.getLast());
    }
}
