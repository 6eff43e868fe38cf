package io.tracery.load.lab.measure;

import com.fasterxml.jackson.databind.JsonNode;
import io.tracery.load.lab.load.Generator;
import io.tracery.load.lab.load.OpenLoop;
import io.tracery.load.lab.report.WarmUp;
import io.tracery.load.lab.work.Work;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The first ten seconds of a proxy that has just started, at 2,000/s from its first answer on; of a pair both are fresh. Each is
 * started once a round.
 */
final class WarmUpRuns implements Measurement {

    private static final int RATE = 2_000;
    private static final int SECONDS = 10;

    @Override
    public void run(Session session) throws IOException, InterruptedException {
        session.stopAll();
        Map<Contender, List<JsonNode>> starts = new LinkedHashMap<>();
        for (int round = 1; round <= session.amounts().rounds(); round++) {
            for (Contender contender : session.principals()) {
                session.progress("warm-up " + round + ": " + contender.name());
                starts.computeIfAbsent(contender, key -> new ArrayList<>()).add(secondsOf(session.work(), contender));
            }
        }
        starts.forEach(
                (contender, seconds) -> WarmUp.write(session.figures(contender).putObject("warm_up"), seconds));
    }

    private static JsonNode secondsOf(Work work, Contender contender) throws IOException, InterruptedException {
        try (Generator generator = Generator.start(
                OpenLoop.class, LatencyRuns.arguments(work, contender.port(), RATE, SECONDS, /* discard= */ 0))) {
            // It is warm itself, and waits for the proxy.
            generator.line();
            contender.start();
            return LatencyRuns.JSON.readTree(generator.line()).path("seconds");
        } finally {
            contender.stop();
        }
    }
}
